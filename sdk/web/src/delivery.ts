import { key, storage, url } from './installation.js';
import { inMemory, oldest, remove, type Waiting } from './queue.js';
import { backOff, retryAfter, settles } from './retry.js';
import { remember, remembered } from './visit.js';

/** Bytes of touchpoints in one request: browsers take 64 KiB in all from pages that are being left. */
const BATCH_BYTES = 60_000;

/** Milliseconds after which an unanswered request counts as failed. */
const TIMEOUT_MS = 30_000;

/** Milliseconds another tab is believed to be sending, where the browser has no locks. */
const LEASE_MS = 2000;

/** The longest that a remembered Retry-After is honoured: the clock may have been set meanwhile. */
const TRUST_MS = 3_600_000;

/** Touchpoints that the collector refused for good. */
export let dropped = 0;

/** Touchpoints in one request; a collector that answers 413 lowers it. */
let limit = 100;

let failures = 0;
/** performance.now() before which this page does not try again. */
let notBefore = 0;
let timer: ReturnType<typeof setTimeout> | 0;
let warned: number;

/** performance.now() of what this page has told, by id. */
const toldAt: Record<string, number> = {};

export function noteTime(id: string): void {
  toldAt[id] = performance.now();
}

/** Milliseconds since it occurred, by a clock that nobody can set; unknown for what an earlier page left behind. */
const age = (one: Waiting, now: number): number | undefined => Math.round(now - toldAt[one.id]!) || undefined;

/** Sends what waits in so many milliseconds, unless that is planned already. */
export function wake(ms: number): void {
  timer ||= setTimeout(async () => {
    timer = 0;
    try {
      // One tab of the site at a time: all of them read the same queue.
      await navigator.locks.request(storage, drain);
    } catch {
      // Pages without https have no locks.
      drain();
    }
  }, ms);
}

/** The page may be left: sends what it holds. None of it is forgotten until an answer confirms it. */
export function leave(): void {
  deliver(inMemory(true));
  deliver(inMemory(false));
}

/** The network is back: what failed for want of it is tried at once. */
export function retry(): void {
  clearTimeout(timer);
  timer = notBefore = 0;
  wake(0);
}

async function drain(): Promise<void> {
  while ((await deliver(inMemory(true))) || (await deliver(await oldest())));
}

/** Sends the oldest of these. True where the next may follow at once. */
async function deliver(waiting: Waiting[]): Promise<boolean | void> {
  const now = performance.now();
  const asks = remembered().w! - Date.now();
  const pause = Math.max(notBefore - now, asks < TRUST_MS ? asks : 0);
  if (!waiting[0]) return;
  if (pause > 0) return wake(pause);

  let count = limit;
  let items: Waiting[];
  let body: string;
  let bytes: number;
  do {
    items = waiting.slice(0, count);
    body = JSON.stringify({
      key,
      sent_at: Date.now(),
      sdk: { name: 'web', version: VERSION },
      touchpoints: items.map((one) => ({ ...one, age_ms: age(one, now) })),
    });
    count = items.length >> 1;
    bytes = new Blob([body]).size;
  } while (count && bytes > BATCH_BYTES);

  let status = 0;
  let asked = 0;
  let answer;
  // A lease instead of a lock; two tabs in the same instant may both take it, and sending twice is allowed.
  if (!navigator.locks) remember({ w: Date.now() + LEASE_MS });
  try {
    // A text is sent as text/plain, which needs no preflight; keepalive lets the request outlive the page, and fails
    // for more than 64 KiB: a touchpoint of that size goes without it, to be refused.
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive: bytes < BATCH_BYTES,
      credentials: 'omit',
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
    });
    status = response.status;
    asked = retryAfter(response.headers.get('Retry-After'));
    answer = await response.json();
  } catch {}
  remember({ w: Date.now() + asked });
  if ((status >= 400 || answer?.rejected?.[0]) && warned != status) console.warn('klantreis', (warned = status), answer);

  if (status == 413 && count) limit = count;
  else if (settles(status, answer)) {
    if (status >= 400) dropped += items.length;
    await remove(items);
  } else {
    const wait = backOff(status, failures++);
    notBefore = performance.now() + wait;
    return wake(wait);
  }
  failures = 0;
  return true;
}
