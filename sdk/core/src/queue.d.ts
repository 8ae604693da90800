/** A touchpoint that waits, ready to be sent. Without a `visitor_id` it is nobody's, and never stored. */
export interface Waiting {
    id: string;
    type: string;
    occurred_at: number;
    visitor_id?: string;
}
/** Touchpoints that were given up since the program started: refused for good, or of a queue that was full. */
export declare let dropped: number;
/** Milliseconds since it occurred, by a clock that nobody can set; unknown for what was told before a restart. */
export declare const age: (one: Waiting) => number | undefined;
export declare function add(touchpoint: Waiting): void;
/** What this program holds. */
export declare const inMemory: () => Waiting[];
/**
 * What waits: on the device, where others and earlier programs put theirs too, then in memory. What is too much, or too
 * old, is removed first.
 */
export declare function look(): Promise<Waiting[]>;
/** Removes what arrived, or what never will: then `lost` says how many, to tell the collector; below 0 that it is told. */
export declare function remove(touchpoints: Waiting[], lost: number): unknown;
/** Deletes what belongs to somebody, from memory and from the device. */
export declare function wipe(): void;
