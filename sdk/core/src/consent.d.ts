import type { ConsentState } from './touchpoint.js';
export declare let state: ConsentState;
export declare function decide(decision: ConsentState): void;
export declare function withoutCookies(): void;
/**
 * Whether the person may be told apart, and anything be stored on their device. By Global Privacy Control and Do Not
 * Track the device says no for them, whatever the program was told.
 */
export declare function allowed(): boolean;
