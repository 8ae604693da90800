import { all, clear, put, remove as removeFromDevice } from '@klantreis/device';
import { QUEUE_MS, QUEUE_TOUCHPOINTS } from './limits.js';
import { allowed } from './consent.js';
import { LOW_VALUE } from './touchpoint.js';
import { forgetVisits, remember, remembered } from './visit.js';

/** A touchpoint that waits, ready to be sent. Without a `visitor_id` it is nobody's, and never stored. */
export interface Waiting {
  id: string;
  type: string;
  occurred_at: number;
  visitor_id?: string;
}

/** What this program added since it last looked at the device, and what it could not store. */
const held: Record<string, Waiting> = {};

/** What of it is on the device: at the next look it is there, or somebody else has sent it. */
const stored: Waiting[] = [];

/** performance.now() of what this program has told, by id. */
const toldAt: Record<string, number> = {};

/** Touchpoints that were given up since the program started: refused for good, or of a queue that was full. */
export let dropped = 0;

/** Milliseconds since it occurred, by a clock that nobody can set; unknown for what was told before a restart. */
export const age = (one: Waiting): number | undefined => 
  // As a whole number below 50 days, and 0 where there is none.
  ((performance.now() - toldAt[one.id]!) >>> 0) || undefined;

const release = (touchpoints: Waiting[]): void => touchpoints.forEach((one) => delete held[one.id]);

export function add(touchpoint: Waiting): void {
  toldAt[touchpoint.id] = performance.now();
  held[touchpoint.id] = touchpoint;
  if (touchpoint.visitor_id) put(touchpoint).then((done) => done && stored.push(touchpoint));
}

/** What this program holds. */
export const inMemory = (): Waiting[] => Object.values(held);

/**
 * What waits: on the device, where others and earlier programs put theirs too, then in memory. What is too much, or too
 * old, is removed first.
 */
export async function look(): Promise<Waiting[]> {
  const found = ((allowed() && (await all())) || []).concat((release(stored.splice(0)), inMemory()));
  const doomed = [...found]
    // False before true, as numbers.
    .sort((one, other) => (LOW_VALUE.test(other.type) as never) - (LOW_VALUE.test(one.type) as never))
    .filter((one, place) => place < found.length - QUEUE_TOUCHPOINTS || (age(one) || Date.now() - one.occurred_at) > QUEUE_MS);
  if (doomed[0]) await remove(doomed, doomed.length);
  return found.filter((one) => !doomed.includes(one));
}

/** Removes what arrived, or what never will: then `lost` says how many, to tell the collector; below 0 that it is told. */
export function remove(touchpoints: Waiting[], lost: number): unknown {
  if (lost > 0) dropped += lost;
  remember({ d: (remembered().d || 0) + lost });
  release(touchpoints);
  return allowed() && removeFromDevice(touchpoints);
}

/** Deletes what belongs to somebody, from memory and from the device. */
export function wipe(): void {
  release(inMemory().filter((one) => one.visitor_id));
  forgetVisits();
  clear();
}
