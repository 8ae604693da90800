import { record } from '../../core/src/record.js';
import { address, cameFrom, tellFirst, withoutQuery } from './page.js';

/** Milliseconds between a change of address and its page view: routers set the title after the address, on slow devices long after. */
const TITLE_MS = 400;

let current: string;
let waiting: ReturnType<typeof setTimeout> | 0;

/** A page view that waits for its title goes now: whatever happens next happened on that page. */
function settle(): void {
  if (waiting) {
    clearTimeout(waiting);
    waiting = 0;
    record('page_view');
  }
}

/** The address may have changed. A replaced query is a filter, or a campaign that was cleared away: the same page. */
function moved(how: unknown): void {
  const cut = how == 'replaceState' ? withoutQuery : String;
  const next = address();
  if (cut(next) != cut(current) && !waiting) {
    cameFrom(current);
    waiting = setTimeout(settle, TITLE_MS);
  }
  current = next;
}

/** Tells of this page and of where it goes. The first page view waits for the page's script to end. */
export function pageViews(): void {
  current = address();
  tellFirst(settle);
  waiting = setTimeout(settle);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...given) {
      if (name == 'pushState') settle();
      original.apply(this, given);
      moved(name);
    };
  }
  addEventListener('popstate', moved);
  // A page that comes back from the back-forward cache is looked at again.
  addEventListener('pageshow', (event) => event.persisted && record('page_view'));
}
