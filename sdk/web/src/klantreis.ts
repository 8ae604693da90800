import { begin as beginCore } from '../../core/src/api.js';
import { decide } from '../../core/src/consent.js';
import { leave } from '../../core/src/delivery.js';
import { storage, type Installation } from '../../core/src/installation.js';
import { wipe } from '../../core/src/queue.js';
import { cameFrom, first } from './page.js';

/** Sends what earlier pages left behind, and what this one holds when it is left. */
export function begin(installation: Installation): void {
  cameFrom(document.referrer);
  beginCore(installation);

  // Hidden is the last that many pages hear; on the way back it does no harm.
  addEventListener('visibilitychange', () => {
    first();
    leave();
  });
  // Consent was withdrawn in another tab. After the script has ended: listening opens the device's storage, which is most
  // of what the whole script took.
  setTimeout(() =>
    addEventListener('storage', ({ key, newValue }) => {
      if (key == storage && !newValue) {
        decide('denied');
        wipe();
      }
    }),
  );
}
