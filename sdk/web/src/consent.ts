import type { ConsentState } from './touchpoint.js';

export let state: ConsentState;

export function decide(decision: ConsentState): void {
  state = decision;
}

/**
 * Whether the person may be told apart, and anything be stored on their device. By Global Privacy Control the browser
 * says no for them, whatever the site was told.
 */
export const allowed = (): boolean => state == 'granted' && !navigator.globalPrivacyControl;
