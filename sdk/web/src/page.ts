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
export const withoutQuery = (url: string): string => url.replace(/\?.*/, '');

/** Of a query everything but the campaign; of a click id, by which an advertiser knows the person, only its kind. */
const NOT_CAMPAIGN = /([?&])(?!utm_)(\w*clk?id|.braid)?[^&]*/gi;

/**
 * A parameter that looks like personal data, by its name or because there is an email address in it. The list stands in
 * docs/web.md.
 */
const PERSONAL = /([?&])()([^=&]*(mail|phone|name|pass|token)|[^&]*(@|%40))[^&]*/gi;

/** Addresses without what tells of a person. */
export const told = (name: string, value: unknown, allowed: boolean): unknown =>
  /url$|^referrer/.test(name) ? (value as string).replace(allowed ? PERSONAL : NOT_CAMPAIGN, '$1$2') : value;

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
