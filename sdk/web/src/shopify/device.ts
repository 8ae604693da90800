/**
 * A custom pixel, as the core sees it: a frame without an origin, whose only memory is the shop's own `localStorage`,
 * reached by messages.
 */
import type { Waiting } from '../../../core/src/queue.js';
import type { Fields } from '../../../core/src/touchpoint.js';
import { storage } from '../../../core/src/installation.js';
import type { Browser } from './api.js';

export { refusals } from '../refusals.js';
export { told } from '../../../core/src/addresses.js';

export const NAME = 'shopify';

declare const browser: Browser;

/** Query of the page of the event that is told now. */
let query = '';

export function arrivedBy(search: string): void {
  query = search;
}

export const arrival = (): string => `${query.match(/\b(utm_|\w*clk?id=|.braid=)[^&]*/gi) || ''}`;

/** An event says of its page itself. */
export const around = (fields: Fields | undefined): Fields => ({ channel: 'web', ...fields });

export const first = (): void => {};

export const granted = first;

/** One entry a touchpoint: two pages at once would overwrite each other's list. */
const entry = (one: Waiting): string => `${storage}:${one.id}`;

async function attempt<T>(work: () => Promise<T>): Promise<T | void> {
  try {
    return await work();
  } catch {}
}

async function entries(): Promise<string[]> {
  const count = await browser.localStorage.length();
  const names = await Promise.all(Array.from({ length: count }, (_, place) => browser.localStorage.key(place)));
  return names.filter((name): name is string => !!name?.startsWith(storage + ':'));
}

export const put = (one: Waiting): Promise<unknown> =>
  attempt(async () => {
    await browser.localStorage.setItem(entry(one), JSON.stringify(one));
    return true;
  });

export const all = (): Promise<Waiting[] | void> =>
  attempt(async () => {
    const texts = await Promise.all((await entries()).sort().map((name) => browser.localStorage.getItem(name)));
    return texts.flatMap((text) => (text ? [JSON.parse(text) as Waiting] : []));
  });

export const remove = (touchpoints: Waiting[]): Promise<unknown> =>
  attempt(() => Promise.all(touchpoints.map((one) => browser.localStorage.removeItem(entry(one)))));

export async function clear(): Promise<void> {
  delete TEXTS[storage];
  await attempt(async () => {
    for (const name of [storage, ...(await entries())]) await browser.localStorage.removeItem(name);
  });
}

/** A frame without an origin has no locks. Two pages may send the same twice, which is stored once. */
export const inTurn = (work: () => Promise<void>): unknown => work();
