import { record } from '../../../core/src/record.js';
import type { Fields } from '../../../core/src/touchpoint.js';
import { onView, parameter } from './listening.js';

/**
 * Ambassadors' links (`?kr_amb=CODE`) and QR codes in stores and in print (`?kr_src=store.utrecht`, `?kr_src=print.folder`).
 * The page view says who or what brought the person; of a code the touch in the store or on paper is told too.
 */
export function arrivals(): void {
  let arrived = false;
  onView((view) => {
    if (arrived) return;
    arrived = true;
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
