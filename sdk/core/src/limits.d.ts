/** What bounds the queue and its requests. All SDKs share these numbers: `sdk/contract/cases/README.md`. */
/** Touchpoints that wait at most; beyond it the oldest of low value are given up first. */
export declare const QUEUE_TOUCHPOINTS = 10000;
/** Milliseconds that a touchpoint waits at most: a public key may send nothing older. */
export declare const QUEUE_MS: number;
/** Touchpoints in one request. */
export declare const BATCH_TOUCHPOINTS = 100;
/** Bytes of one request: browsers take 64 KiB in all from pages that are being left. */
export declare const BATCH_BYTES = 60000;
