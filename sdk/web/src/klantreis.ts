import { allowed, decide, state } from './consent.js';
import { dropped, leave, retry, wake } from './delivery.js';
import { install, storage } from './installation.js';
import { follow, moved, settle } from './navigation.js';
import { cameFrom, referrer } from './page.js';
import { clear } from './queue.js';
import { record } from './record.js';
import type { ConsentState, Fields, StandardType } from './touchpoint.js';
import { forget, remember, remembered } from './visit.js';

/** What a page can do. Nothing of it ever throws. */
export const klantreis = {
  /** Tells of a touchpoint: a standard type, or one of your own in snake_case. */
  track(type: StandardType | (string & {}), fields?: Fields): void {
    settle();
    record(type, fields);
  },

  /** Says who the person is, from now on and on later visits; without an id, that it is not known any more. */
  identify(customer_id?: string | null, fields?: Fields): void {
    settle();
    remember({ c: customer_id || undefined });
    if (customer_id && allowed()) record('identify', fields);
  },

  /** Says what the person allowed. A grant is remembered on the device; anything else removes all that is stored. */
  consent(decision: ConsentState): void {
    if (decision == state) return;
    decide(decision);
    if (allowed()) {
      remember({ g: true });
      // What came before is never told with an identifier: of the site's own pages, only that it was one of them.
      if (referrer.startsWith(location.origin)) cameFrom(location.origin);
    } else erase();
    record('consent');
  },

  /** Touchpoints that the collector refused for good since the page was loaded. */
  get dropped(): number {
    return dropped;
  },
};

/** Removes what is stored of the person. Where the browser refuses storage there is nothing to remove. */
async function erase(): Promise<void> {
  try {
    forget();
    await clear();
  } catch {}
}

/** Tells of this page, follows where it goes, and sends what earlier pages left behind. */
export function begin(key: string, endpoint: string, before: ConsentState = 'granted'): void {
  install(key, endpoint);
  decide(before == 'required' && remembered().g ? 'granted' : before);
  if (!allowed()) erase();

  follow();
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...given) {
      if (name == 'pushState') settle();
      original.apply(this, given);
      moved(name);
    };
  }
  addEventListener('popstate', moved);
  // Hidden is the last that many pages hear; on the way back it does no harm.
  addEventListener('visibilitychange', () => {
    settle();
    leave();
  });
  // A page that comes back from the back-forward cache is looked at again.
  addEventListener('pageshow', (event) => event.persisted && record('page_view'));
  addEventListener('online', retry);
  // Consent was withdrawn in another tab.
  addEventListener('storage', ({ key, newValue }) => {
    if (key == storage && !newValue) {
      decide('denied');
      erase();
    }
  });
  wake(0);
}
