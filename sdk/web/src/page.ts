import type { Fields } from '../../core/src/touchpoint.js';

/** Where the person came from: another site, or the page before this one. */
export let referrer: string;

export function cameFrom(url: string): void {
  referrer = url;
}

/** What has to be told before anything else. */
export let first: () => void = () => {};

export function tellFirst(work: () => void): void {
  first = work;
}

/** What came before a grant is never told with an identifier: of the site's own pages, only that it was one of them. */
export const granted = (): unknown => referrer.startsWith(location.origin) && cameFrom(location.origin);

/** The page's address. A fragment is part of it only where a router lives in it (#/cart, #!cart): others hold secrets. */
export const address = (): string => location.href.replace(/#(?![/!]).*/, '');

/** Cuts an address before its query. */
export const withoutQuery = (url: string): string => url.replace(/\?[^#]*/, '');

/** The page, with what the site says of it on top. */
export const around = (fields: Fields | undefined): Fields => ({
  channel: 'web',
  ...fields,
  page: {
    url: address(),
    path: withoutQuery(address()).slice(location.origin.length),
    title: document.title,
    referrer,
    language: document.documentElement.lang,
    ...fields?.page,
  },
});
