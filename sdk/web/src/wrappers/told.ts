import type { Fields, StandardType } from '@klantreis/web';

/** A touchpoint as `track` takes it. */
export type Told = [type: StandardType | (string & {}), fields?: Fields];

/**
 * Milliseconds that something is shown before it is told: libraries that look after a page's head set its title after the
 * component is there, and the page view, which goes before, would have the title of the page before.
 */
export const TITLE_MS = 400;
