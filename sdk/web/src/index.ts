/** The module: `start({ key, endpoint })` once, in the browser; then `track`, `identify`, `consent`. */
import type { Installation } from './installation.js';
import { begin, klantreis } from './klantreis.js';

export type { Installation } from './installation.js';
export type * from './touchpoint.js';

export const { track, identify, consent } = klantreis;

let started = false;

/** Begins to tell of pages. A second call does nothing, so components may call it whenever they appear. */
export function start(installation: Installation): void {
  if (!started) begin(installation.key, installation.endpoint, installation.consent);
  started = true;
}
