import { around, arrival, refusals, told } from '@klantreis/device';
import { allowed, state } from './consent.js';
import { wake } from './delivery.js';
import { add } from './queue.js';
import type { Fields, Touchpoint } from './touchpoint.js';
import { uuid } from './uuid.js';
import { visit } from './visit.js';

/** Names under which something may tell people apart: never told of those who may not be. */
const TELLING = /_id$|^(sequence|identity|ambass)/;

/** May change a touchpoint before it is queued; what it gives counts, and nothing drops it. */
export type Change = (touchpoint: Touchpoint) => Touchpoint | null | undefined | void;

let change: Change | undefined;

/** Has each touchpoint changed or dropped from now on. What the person did not allow is taken out after it. */
export function use(next: Change): void {
  const before = change;
  change = (touchpoint) => {
    const changed = before ? before(touchpoint) : touchpoint;
    return changed && next(changed);
  };
}

/** Puts a touchpoint in the queue. What is no JSON is told to the developer; no error reaches the program. */
export function record(type: string, fields?: Fields): void {
  try {
    const may = allowed();
    let touchpoint: ReturnType<Change> = {
      ...around(fields),
      ...(may && visit(arrival())),
      id: uuid(),
      type,
      occurred_at: Date.now(),
      consent: { state, ...refusals() },
    } as Touchpoint;
    if (change && !(touchpoint = change(touchpoint))) return;
    const text = JSON.stringify(touchpoint, (name, value) =>
      may || !TELLING.test(name) ? told(name, value, may) : undefined,
    );
    add(JSON.parse(text));
    wake();
  } catch (error) {
    console.warn('klantreis', error);
  }
}
