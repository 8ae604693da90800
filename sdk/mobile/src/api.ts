/** What a program can call. Until its storage has been read, calls wait, and keep the time at which they came. */
import * as core from '../../core/src/api.js';
import type { ConsentState, Fields, StandardType, Touchpoint } from '../../core/src/touchpoint.js';

type Early = { at: number; work: () => void };

/** Calls that came before the storage had been read. */
let early: Early[] | undefined = [];

/** When what is told now was told, where that is not now. */
let moment: number | undefined;

export const timely = (touchpoint: Touchpoint): Touchpoint =>
  moment ? { ...touchpoint, occurred_at: moment } : touchpoint;

/** Does what tells of something that happened at another moment, in epoch milliseconds. */
export function at(when: number, work: () => void): void {
  moment = when;
  try {
    work();
  } finally {
    moment = undefined;
  }
}

/** The storage has been read: does what waited for it. */
export function ready(): void {
  const calls = early ?? [];
  early = undefined;
  for (const call of calls) at(call.at, call.work);
}

/** Does it now, or once the storage has been read. */
export const soon = (work: () => void): void => {
  if (early) early.push({ at: Date.now(), work });
  else work();
};

/** Tells of a touchpoint: a standard type, or one of your own in snake_case. */
export const track = (type: StandardType | (string & {}), fields?: Fields): void => soon(() => core.track(type, fields));

/**
 * Says who the person is, from now on and at later starts; without an id, that it is not known any more. Without the
 * person's consent it says nothing, now or later: after a grant it is to be said again.
 */
export const identify = (customer_id?: string | null, fields?: Fields): void => soon(() => core.identify(customer_id, fields));

/** Says what the person allowed. A grant is remembered on the device; anything else removes all that is stored. */
export const consent = (decision: ConsentState): void => soon(() => core.consent(decision));

/** The person asks to be forgotten on this device: as if never here, and asked nothing yet. */
export const forget = (): void => soon(core.forget);
