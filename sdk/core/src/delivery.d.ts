declare let pack: ((text: string) => Promise<string | ArrayBuffer>) | undefined;
/** Has each request packed before it is sent. */
export declare function packWith(packing: typeof pack): void;
/** Sends what waits in so many milliseconds, unless that is planned already. */
export declare function wake(ms: number): void;
/**
 * The program may end: sends what it holds, what nobody else has first. None of it is forgotten until an answer confirms
 * it.
 */
export declare function leave(): void;
/** The network is back: what failed for want of it is tried at once. */
export declare function retry(): void;
export {};
