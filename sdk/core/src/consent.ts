import { refusals } from '@klantreis/device';
import type { ConsentState } from './touchpoint.js';

export let state: ConsentState;

/** No visitor, no visit, nothing stored, whatever was asked. */
let cookieless: boolean | undefined;

export function decide(decision: ConsentState): void {
  state = decision;
}

export function withoutCookies(): void {
  cookieless = true;
}

/**
 * Whether the person may be told apart, and anything be stored on their device. By Global Privacy Control and Do Not
 * Track the device says no for them, whatever the program was told.
 */
export function allowed(): boolean {
  const { gpc, dnt } = refusals();
  return !cookieless && state == 'granted' && !gpc && !dnt;
}
