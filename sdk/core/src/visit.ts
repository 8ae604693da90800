import { allowed } from './consent.js';
import { storage } from './installation.js';
import { uuid } from './uuid.js';

/** Silence after which the next touchpoint begins a new session. */
const SILENCE_MS = 30 * 60_000;

/**
 * What is remembered of the person's visits. Its names are short and fixed: records of older versions of the SDK rest on
 * people's devices.
 */
interface Visits {
  /** visitor */
  v?: string;
  /** session */
  s?: string;
  /** epoch ms of the last touchpoint */
  t?: number;
  /** what brought the person when the session began */
  a?: string | undefined;
  /** sequence of the last touchpoint */
  n?: number;
  /** customer */
  c?: string | undefined;
  /** the person said yes when asked */
  g?: boolean;
  /** epoch ms before which nobody sends: the collector asked for it */
  w?: number;
  /** touchpoints that were given up and not yet told of */
  d?: number;
}

/** Stands in where storage is refused or nothing may be stored, for as long as the program lives. */
let visits: Visits = {};

export function remembered(): Visits {
  try {
    visits = JSON.parse(TEXTS[storage]!) || visits;
  } catch {}
  return visits;
}

export function remember(change: Visits): void {
  visits = { ...remembered(), ...change };
  try {
    if (allowed()) TEXTS[storage] = JSON.stringify(visits);
  } catch {}
}

export function forgetVisits(): void {
  visits = {};
}

/** The identifiers of the next touchpoint. A new campaign begins a new session; midnight does not. */
export function visit(brought: string): object {
  const { v = uuid(), s, t, a, n = 0, c } = remembered();
  const now = Date.now();
  // Silence is as long backwards: a clock that was set back would keep a session alive for years.
  const fresh = !s || Math.abs(now - t!) > SILENCE_MS || (brought && brought != a);
  const session = fresh ? uuid() : s;
  remember({ v, s: session, t: now, a: fresh ? brought : a, n: n + 1 });
  return { visitor_id: v, session_id: session, sequence: n + 1, customer_id: c };
}
