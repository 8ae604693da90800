import { address, cameFrom, withoutQuery } from './page.js';
import { record } from './record.js';

/** Milliseconds between a change of address and its page view: routers set the title after the address. */
const TITLE_MS = 100;

let current: string;
let waiting: ReturnType<typeof setTimeout> | 0;

/** A page view that waits for its title goes now: whatever happens next happened on that page. */
export function settle(): void {
  if (waiting) {
    clearTimeout(waiting);
    waiting = 0;
    record('page_view');
  }
}

/** Follows the address from here on. The first page view waits for the page's script to end. */
export function follow(): void {
  current = address();
  cameFrom(document.referrer);
  waiting = setTimeout(settle);
}

/** The address may have changed. A replaced query is a filter, or a campaign that was cleared away: the same page. */
export function moved(how: unknown): void {
  const cut = how == 'replaceState' ? withoutQuery : String;
  const next = address();
  if (cut(next) != cut(current) && !waiting) {
    cameFrom(current);
    waiting = setTimeout(settle, TITLE_MS);
  }
  current = next;
}
