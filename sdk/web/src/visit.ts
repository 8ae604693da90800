import { allowed } from './consent.js';
import { storage } from './installation.js';
import type { Campaign } from './touchpoint.js';
import { uuid } from './uuid.js';

/** Silence after which the next touchpoint begins a new session. */
const SILENCE_MS = 30 * 60_000;

/**
 * What is remembered of the person's visits, in localStorage. Its names are short and fixed: records of older versions
 * of the SDK rest on people's devices.
 */
interface Visits {
  /** visitor */
  v?: string;
  /** session */
  s?: string;
  /** epoch ms of the last touchpoint */
  t?: number;
  /** campaign with which the session began, as JSON */
  a?: string | undefined;
  /** sequence of the last touchpoint */
  n?: number;
  /** customer */
  c?: string | undefined;
  /** the person said yes when asked */
  g?: boolean;
  /** epoch ms before which no tab sends: the collector asked for it, or another tab is sending */
  w?: number;
}

/** Stands in where localStorage is refused or nothing may be stored, for as long as the page lives. */
let visits: Visits = {};

export function remembered(): Visits {
  try {
    visits = JSON.parse(localStorage[storage]) || visits;
  } catch {}
  return visits;
}

export function remember(change: Visits): void {
  visits = { ...remembered(), ...change };
  try {
    if (allowed()) localStorage[storage] = JSON.stringify(visits);
  } catch {}
}

export function forget(): void {
  visits = {};
  delete localStorage[storage];
}

/** The identifiers of the next touchpoint. A new campaign begins a new session; midnight does not. */
export function visit(campaign: Campaign | undefined): object {
  const { v = uuid(), s, t, a, n = 0, c } = remembered();
  const now = Date.now();
  const brought = campaign && JSON.stringify(campaign);
  const fresh = !s || now - t! > SILENCE_MS || (brought && brought != a);
  const session = fresh ? uuid() : s;
  remember({ v, s: session, t: now, a: fresh ? brought : a, n: n + 1 });
  return { visitor_id: v, session_id: session, sequence: n + 1, customer_id: c };
}
