import { allowed } from '../../../core/src/consent.js';
import { record } from '../../../core/src/record.js';
import type { Fields } from '../../../core/src/touchpoint.js';
import { onView, parameter, taken } from './listening.js';

/**
 * A receipt's code, as the store SDK makes it: 128 random bits. Nothing else is believed, least of all a visitor's id or
 * the number of a receipt: whoever makes a link must not choose whom its reader is joined to.
 */
const RECEIPT = /^[\w-]{22}$/;

/**
 * Ambassadors' links (`?kr_amb=CODE`) and QR codes in stores and in print (`?kr_src=store.utrecht`, `?kr_src=print.folder`).
 * The page view says who or what brought the person; of a code the touch in the store or on paper is told too. A receipt's
 * code (`?kr_receipt=CODE`) says with the person's consent that they are the one to whom the till sold.
 */
export function arrivals(): void {
  const receipt = taken('kr_receipt');
  let arrived = false;
  onView((view) => {
    if (arrived) return;
    arrived = true;
    if (RECEIPT.test(receipt) && allowed()) record('identify', { identity: { linked_visitor_id: receipt } });
    const code = parameter('kr_amb');
    if (code) view.ambassador = { code };
    const [, channel, source] = /^(store|print)\.(.+)/.exec(parameter('kr_src') || '') || [];
    if (!source) return;
    const campaign = { source, medium: 'qr' };
    view.campaign = { ...campaign, ...view.campaign };
    const fields: Fields = channel == 'store' ? { channel, store: { id: source } } : { channel: 'print' };
    record(channel == 'store' ? 'store_visit' : 'ad_clicked', { ...fields, campaign });
  });
}
