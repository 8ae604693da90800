/** The version of the SDK; the build fills it in. */
declare const VERSION: string;

/**
 * A small store of texts that is read and written at once, such as localStorage; the build says which. It, and what is
 * done with it, may throw where storage is refused.
 */
declare const TEXTS: Record<string, string>;
