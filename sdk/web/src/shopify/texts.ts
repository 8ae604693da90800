import type { Browser } from './api.js';

declare const browser: Browser;

/** Stands in for `localStorage`, which the core reads and writes at once: what is written goes on to the shop's. */
export const TEXTS: Record<string, string> = new Proxy({} as Record<string, string>, {
  set(kept, name: string, text: string) {
    kept[name] = text;
    browser.localStorage.setItem(name, text).catch(() => {});
    return true;
  },
});

/** Fetches an entry of the shop's. */
export async function fetchText(name: string): Promise<void> {
  try {
    const text = await browser.localStorage.getItem(name);
    if (text) TEXTS[name] = text;
  } catch {}
}
