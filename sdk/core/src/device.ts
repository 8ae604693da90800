/**
 * What the core needs of the device that it runs on: one module, which each platform supplies under the name
 * `@klantreis/device` when it is bundled. Bound when built, not when run: measured, an object of functions that is handed
 * over costs the script 90 bytes, 4 % of it.
 */
import type { Waiting } from './queue.js';
import type { Fields } from './touchpoint.js';

/** `sdk.name` in every request. */
export declare const NAME: string;

/** What the device itself says of being followed, whatever was asked of the person: any of it true is a no. */
export declare function refusals(): { gpc?: boolean | undefined; dnt?: boolean | undefined };

/** What brought the person, in any words; empty where nothing did. Other words than last time begin a session. */
export declare function arrival(): string;

/** What is seen around a touchpoint (channel, page, screen, device), with what the program says of it on top. */
export declare function around(fields: Fields | undefined): Fields;

/** Tells what has to be told before anything else: a page view that waits for its title. */
export declare function first(): void;

/** Consent was given: what was seen before must not be named any more. */
export declare function granted(): unknown;

/** A value of a touchpoint as it may be told, by its name: addresses without what tells of a person. */
export declare function told(name: string, value: unknown, allowed: boolean): unknown;

/** Stores one; undefined where that is not possible. Never throws, nor do those below. */
export declare function put(one: Waiting): Promise<unknown>;

/** All that wait, the oldest first; undefined where that is not possible. */
export declare function all(): Promise<Waiting[] | void>;

export declare function remove(touchpoints: Waiting[]): Promise<unknown>;

/** Deletes everything that is stored, and what it was stored in. */
export declare function clear(): unknown;

/** Does the work when nobody else on this device does it. */
export declare function inTurn(work: () => Promise<void>): unknown;
