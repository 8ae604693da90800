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
export declare function remembered(): Visits;
export declare function remember(change: Visits): void;
export declare function forgetVisits(): void;
/** The identifiers of the next touchpoint. A new campaign begins a new session; midnight does not. */
export declare function visit(brought: string): object;
export {};
