/** First wait after a failure; each further failure doubles it. */
const FIRST_MS = 1000;

/** Doublings at most, some four minutes: a collector that is back is found within this time. */
const DOUBLINGS = 8;

/** Doublings at once after 401 or 403, some seventeen minutes: somebody must change a setting first. */
const REFUSED = 10;

/**
 * The retry table that all SDKs share: whether an answer settles what was sent, so that it may be deleted. `status` is 0
 * where nobody answered. Only the collector's own body counts: the login page of a hotel's network answers 200 too, and a
 * balancer without its collector 404. Of its 4xx only 401, 403, 408 and 429 can get better by waiting. 413 counts from
 * whoever says it: it is split first, and what is too large alone stays so.
 */
export const settles = (status: number, answer: { accepted?: number; reason?: string } | null | undefined): unknown =>
  status == 413 ||
  // Only a number has toFixed: seven bytes less than asking for its type.
  (!/40[138]|29|^5/.test(status as never) && (answer?.reason || answer?.accepted?.toFixed));

/** Milliseconds until the next attempt, with jitter, so that a collector that comes back does not meet everybody at once. */
export const backOff = (status: number, failures: number): number =>
  (FIRST_MS / 2) * 2 ** (/40[13]/.test(status as never) ? REFUSED : Math.min(DOUBLINGS, failures)) * (1 + Math.random());

/** Milliseconds that a Retry-After header asks for, as seconds or as a date; 0 where it says nothing. */
export const retryAfter = (header: string | null): number =>
  +header! * 1000 || Date.parse(header!) - Date.now() || 0;
