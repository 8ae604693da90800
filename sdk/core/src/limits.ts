/** What bounds the queue and its requests. All SDKs share these numbers: `sdk/contract/cases/README.md`. */

/** Touchpoints that wait at most; beyond it the oldest of low value are given up first. */
export const QUEUE_TOUCHPOINTS = 10_000;

/** Milliseconds that a touchpoint waits at most: a public key may send nothing older. */
export const QUEUE_MS = 30 * 86_400_000;

/** Touchpoints in one request. */
export const BATCH_TOUCHPOINTS = 100;

/** Bytes of one request: browsers take 64 KiB in all from pages that are being left. */
export const BATCH_BYTES = 60_000;
