import { track } from '../../core/src/api.js';
import { allowed } from '../../core/src/consent.js';
import { record } from '../../core/src/record.js';
import type { Fields } from '../../core/src/touchpoint.js';
import { arrived, campaignOf, parameters } from './arrival.js';
import { NAMES, fresh, withoutVisitor } from './handOver.js';

/** Milliseconds that an opening waits for the link or the push message that caused it: systems tell of them in any order. */
const CAUSE_MS = 100;

/**
 * A link as it is told: it names no visitor, and has a fragment only where a router lives in it (#/cart, #!cart). Others hold
 * secrets: what comes back from a login brings its token there.
 */
const address = (url: string): string => withoutVisitor(url).replace(/#(?![/!]).*/s, '');

/** The link by which the app is being opened. */
let link: string | undefined;
let pending: ReturnType<typeof setTimeout> | undefined;

/** The app comes to the front: tells so, with the link that brought it there. */
export function opens(): void {
  clearTimeout(pending);
  pending = setTimeout(tellOpening, CAUSE_MS);
  if (link) tellOpening();
}

/** A link leads into the app. While it is at the back, its coming to the front tells the link. */
export function follows(url: string, atFront: boolean): void {
  link = url;
  if (atFront) tellOpening();
}

/** What has to be told before anything else. */
export function settleOpening(): void {
  if (pending) tellOpening();
}

function tellOpening(): void {
  clearTimeout(pending);
  pending = undefined;
  const url = link;
  link = undefined;
  if (!url) return record('app_opened');
  const told = parameters(url);
  const fields: Fields = { page: { url: address(url) } };
  const [, channel, source] = /^(store|print)\.(.+)/.exec(told[NAMES.source] ?? '') ?? [];
  arrived(source ? { source, medium: 'qr', ...campaignOf(told) } : campaignOf(told));
  const code = told[NAMES.ambassador];
  if (code) fields.ambassador = { code };
  record('app_opened', fields);
  // A QR code in a store or in print is a touch there, as well.
  const campaign = { source: source!, medium: 'qr' };
  if (channel == 'store') record('store_visit', { channel, store: { id: source! }, campaign });
  if (channel == 'print') record('ad_clicked', { channel, campaign });
  const linked = fresh(told[NAMES.visitor]);
  if (linked && allowed()) track('identify', { identity: { linked_visitor_id: linked } });
}
