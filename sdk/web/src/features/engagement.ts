import { record } from '../../../core/src/record.js';
import type { Fields } from '../../../core/src/touchpoint.js';
import { on, onView } from './listening.js';

/** Milliseconds without a sign of life after which nobody is looking. */
const IDLE_MS = 15_000;

/** Milliseconds below which nothing is told. */
const WORTH_MS = 1000;

/**
 * Tells how long a page was visible and used, and how far it was scrolled (`engagement`): when the page is left, hidden or
 * gives way to the next view. Each second is told once: a page that is hidden twice tells twice, of different seconds.
 */
export function engagement(): void {
  let engaged = 0;
  let seenAt = performance.now();
  let deepest = 0;
  let view: Fields['page'];

  const look = (): void => {
    const now = performance.now();
    if (!document.hidden) engaged += Math.min(now - seenAt, IDLE_MS);
    seenAt = now;
    deepest = Math.max(deepest, scrollY + innerHeight);
  };
  const tell = (): void => {
    if (!view || engaged < WORTH_MS) return;
    const percent = Math.round((100 * deepest) / document.documentElement.scrollHeight);
    const properties = { engaged_ms: Math.round(engaged), scroll_percent: Math.min(100, percent) };
    engaged = 0;
    record('engagement', { page: view, properties });
  };

  on(document, 'pointerdown pointermove keydown scroll', look);
  on(document, 'visibilitychange', () => {
    if (document.hidden) {
      engaged += Math.min(performance.now() - seenAt, IDLE_MS);
      tell();
    } else seenAt = performance.now();
  });
  onView(({ page = {} }) => {
    look();
    tell();
    engaged = deepest = 0;
    view = page;
  });
}
