import { NAME, inTurn } from '@klantreis/device';
import { key, url } from './installation.js';
import { BATCH_BYTES, BATCH_TOUCHPOINTS } from './limits.js';
import { age, inMemory, look, remove, type Waiting } from './queue.js';
import { backOff, retryAfter, settles } from './retry.js';
import { remember, remembered } from './visit.js';

/** Milliseconds in which touchpoints are gathered into one request. */
const GATHER_MS = 1000;

/** Milliseconds after which an unanswered request counts as failed. */
const TIMEOUT_MS = 30_000;

/** The longest that a remembered Retry-After is honoured: the clock may have been set meanwhile. */
const TRUST_MS = 3_600_000;

/** Touchpoints in one request; a collector that answers 413 lowers it. */
let limit = BATCH_TOUCHPOINTS;

let failures = 0;
/** performance.now() before which this program does not try again. */
let notBefore = 0;
let timer: ReturnType<typeof setTimeout> | 0;

let pack: ((text: string) => Promise<string | ArrayBuffer>) | undefined;

/** Has each request packed before it is sent. */
export function packWith(packing: typeof pack): void {
  pack = packing;
}

/** Sends what waits, unless it has to wait longer; settles when nothing more can be done now. */
export const flush = (): unknown => inTurn(() => deliver());

/** Sends what waits in so many milliseconds, unless that is planned already: by default with what is told until then. */
export function wake(ms = GATHER_MS): void {
  timer ||= setTimeout(() => {
    timer = 0;
    flush();
  }, ms);
}

/**
 * The program may end: sends what it holds, what nobody else has first. None of it is forgotten until an answer confirms
 * it.
 */
export function leave(): void {
  deliver(0, inMemory());
}

/** The network is back: what failed for want of it is tried at once. */
export function retry(): void {
  notBefore = 0;
  // What is told from now on must not wait for the attempt that was planned before.
  clearTimeout(timer);
  timer = 0;
  flush();
}

/**
 * Sends the oldest of what waits, and then the others, until that has to wait; of what is `given`, the oldest alone. What is
 * somebody's and what is nobody's never goes in one request. For each it is looked at anew what there is: whoever said no
 * meanwhile is not in it any more. What was `sent` and is there still could not be removed: it is not sent again and again.
 */
async function deliver(sent?: string | 0, given?: Waiting[]): Promise<void> {
  const waiting = given || (await look());
  if (!waiting[0] || sent == waiting[0].id) return;
  const alike = waiting.filter((one) => !one.visitor_id == !waiting[0]!.visitor_id);
  const { w, d = 0 } = remembered();
  const asks = w! - Date.now();
  const pause = Math.max(notBefore - performance.now(), asks < TRUST_MS ? asks : 0);
  if (pause > 0) return wake(pause);

  let count = limit;
  let items: Waiting[];
  let text: string;
  let bytes: number;
  do {
    items = alike.slice(0, count);
    text = JSON.stringify({
      key,
      sent_at: Date.now(),
      sdk: { name: NAME, version: VERSION },
      dropped: d || undefined,
      touchpoints: items.map((one) => ({ ...one, age_ms: age(one) })),
    });
    count = items.length >> 1;
    bytes = new TextEncoder().encode(text).length;
  } while (count && bytes > BATCH_BYTES);

  let status = 0;
  let body;
  let done: string | undefined;
  try {
    // A text is sent as text/plain, which needs no preflight; keepalive lets the request outlive the page, and fails
    // for more than 64 KiB: a touchpoint of that size goes without it, to be refused.
    const response = await fetch(url, {
      method: 'POST',
      body: pack ? await pack(text) : text,
      keepalive: bytes < BATCH_BYTES,
      credentials: 'omit',
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
    });
    status = response.status;
    remember({ w: Date.now() + retryAfter(response.headers.get('Retry-After')) });
    body = await response.json();
  } catch {}
  if (status >= 400 || body?.rejected?.[0]) console.warn('klantreis', status, body);

  if (status == 413 && count) limit = count;
  else if (!settles(status, body)) notBefore = performance.now() + backOff(status, failures++);
  else {
    await remove(items, status < 400 ? -d : items.length);
    failures = 0;
    done = waiting[0].id;
  }
  if (!given) return deliver(done);
}
