/** The module: `start({ key, endpoint }, pageViews, …)` once, in the browser; then `track`, `identify`, `consent`. */
import type { Installation } from '../../core/src/installation.js';
import { begin } from './klantreis.js';

export type { Installation } from '../../core/src/installation.js';
export type * from '../../core/src/touchpoint.js';
export type { Change } from '../../core/src/record.js';
export { consent, forget, identify, track } from '../../core/src/api.js';
export { withoutCookies } from '../../core/src/consent.js';
export { use } from '../../core/src/record.js';
export * from '../../core/src/vocabulary.js';
export { arrivals } from './features/arrivals.js';
export { betterDelivery } from './features/delivery.js';
export { deviceDetails } from './features/deviceDetails.js';
export { engagement } from './features/engagement.js';
export { forms } from './features/forms.js';
export { links } from './features/links.js';
export { notFound } from './features/notFound.js';
export { otherDomains } from './features/otherDomains.js';
export { siteSearch } from './features/siteSearch.js';
export { video } from './features/video.js';
export { pageViews } from './navigation.js';
export { ignoreDoNotTrack } from './refusals.js';

/** Something that the SDK tells of by itself. What is not named is not in your bundle. */
export type Feature = () => void;

let started = false;

/** Begins, with the features given. A second call does nothing, so components may call it whenever they appear. */
export function start(installation: Installation, ...features: Feature[]): void {
  if (started) return;
  started = true;
  begin(installation);
  features.forEach((feature) => feature());
}
