/**
 * The retry table that all SDKs share: whether an answer settles what was sent, so that it may be deleted. `status` is 0
 * where nobody answered. A 2xx counts only with the collector's own body: the login page of a hotel's network answers
 * 200 too. Of 4xx only 401, 403, 408 and 429 can get better by waiting; 413 is split first.
 */
export declare const settles: (status: number, answer: {
    accepted?: number;
} | null | undefined) => unknown;
/** Milliseconds until the next attempt, with jitter, so that a collector that comes back does not meet everybody at once. */
export declare const backOff: (status: number, failures: number) => number;
/** Milliseconds that a Retry-After header asks for, as seconds or as a date; 0 where it says nothing. */
export declare const retryAfter: (header: string | null) => number;
