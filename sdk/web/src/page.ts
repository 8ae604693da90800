import type { Campaign, Context, Page } from './touchpoint.js';

/** Where the person came from: another site, or the page before this one. */
export let referrer: string;

export function cameFrom(url: string): void {
  referrer = url;
}

/** The page's address. A fragment is part of it only where a router lives in it (#/cart, #!cart): others hold secrets. */
export const address = (): string => location.href.replace(/#(?![/!]).*/, '');

/** Cuts an address before its query, in which a person may be named. */
export const withoutQuery = (url: string): string => url.replace(/\?.*/, '');

/** The page; `shown` may cut from its links what would tell people apart. */
export const page = (shown: (url: string) => string): Page => ({
  url: shown(address()),
  path: withoutQuery(address()).slice(location.origin.length),
  title: document.title,
  referrer: shown(referrer),
  language: document.documentElement.lang,
});

/**
 * What a link's query says of the campaign that brought the person: utm_ parameters, and the last click id.
 *
 * Click ids are known by the form of their names (gclid, msclkid, fbclid, gbraid …); the collector reads rarer ones from
 * the address. The last counts: whoever shares an advertisement's link adds theirs behind the advertisement's.
 */
export function campaign(query: string): Campaign | undefined {
  const found: Record<string, string> = {};
  new URLSearchParams(query).forEach((value, parameter) => {
    const [, field, click] = /^utm_(.+)|^(.+clk?id|.braid)$/i.exec(parameter) || [];
    if (field) found[field == 'campaign' ? 'name' : field] = value;
    if (click) {
      found.click_id = value;
      found.click_id_kind = click;
    }
  });
  for (const _ in found) return found;
  return;
}

export const context = (): Context => ({
  language: navigator.language,
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  screen_width: screen.width,
  screen_height: screen.height,
  viewport_width: innerWidth,
  viewport_height: innerHeight,
});
