import { track } from '../../../core/src/api.js';
import { allowed } from '../../../core/src/consent.js';
import { remembered } from '../../../core/src/visit.js';
import { on, taken } from './listening.js';

/** Seconds for which a link names the visitor: whoever shares the address later shares nobody. */
const FRESH_S = 120;

const NAME = 'kr_id';

/**
 * Links a visitor of this site to the visitor that they are on the company's other sites: a link to one of `hosts` carries
 * the visitor's id for two minutes. Only with consent on both sides; the address is cleared of it at once.
 */
export function otherDomains(hosts: string[]): void {
  const seconds = (): number => Math.floor(Date.now() / 1000);
  const [linked, at] = taken(NAME).split('.');
  if (linked && allowed() && Math.abs(seconds() - parseInt(at!, 36)) < FRESH_S)
    track('identify', { identity: { linked_visitor_id: linked } });
  on(document, 'pointerdown keydown', (event) => {
    const link = (event.composedPath()[0] as Element).closest?.<HTMLAnchorElement>('a[href]');
    const visitor = allowed() && remembered().v;
    if (!link || !visitor || link.host == location.host || !hosts.includes(link.hostname)) return;
    const url = new URL(link.href);
    url.searchParams.set(NAME, `${visitor}.${seconds().toString(36)}`);
    link.href = url.href;
  });
}
