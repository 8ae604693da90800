import type { Fields, Touchpoint } from './touchpoint.js';
/** May change a touchpoint before it is queued; what it gives counts, and nothing drops it. */
export type Change = (touchpoint: Touchpoint) => Touchpoint | null | undefined | void;
/** Has each touchpoint changed or dropped from now on. What the person did not allow is taken out after it. */
export declare function use(next: Change): void;
/** Puts a touchpoint in the queue. What is no JSON is told to the developer; no error reaches the program. */
export declare function record(type: string, fields?: Fields): void;
