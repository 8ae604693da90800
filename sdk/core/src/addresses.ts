/** What of an address may be told; `docs/web.md` lists it for whoever answers for data protection. */

/** Of a query everything but the campaign; of a click id, by which an advertiser knows the person, only its kind. */
const NOT_CAMPAIGN = /([?&])(?!utm_)(\w*clk?id|.braid)?[^&]*/gi;

/**
 * A parameter that looks like personal data, by its name or because there is an email address in it. The list stands in
 * docs/web.md.
 */
const PERSONAL = /([?&])()([^=&]*(mail|name|phone|pass|token)|[^&]*(@|%40))[^&]*/gi;

/** Addresses without what tells of a person. */
export const told = (name: string, value: unknown, allowed: boolean): unknown =>
  /url$|^referrer/.test(name) ? (value as string)?.replace?.(allowed ? PERSONAL : NOT_CAMPAIGN, '$1$2') : value;
