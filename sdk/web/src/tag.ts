import type { Installation } from '../../core/src/installation.js';

type Call = [string, ...unknown[]];

/** Puts one global on the page, as the script tag says; the second of two tags does nothing. */
export function tag(klantreis: object, begin: (installation: Installation & DOMStringMap) => void): void {
  const page = window as { klantreis?: object };
  const stub = page.klantreis as { q?: Call[] } | undefined;
  if (!stub || stub.q)
    try {
      const { dataset, src } = document.currentScript as HTMLScriptElement;
      begin({ endpoint: new URL(src).origin, ...dataset } as never);
      page.klantreis = klantreis;
      // What was called before this script came. The page view waits, so a decision on consent counts for it too.
      stub?.q!.forEach(([method, ...given]) => (klantreis as Record<string, (...given: unknown[]) => void>)[method]!(...given));
    } catch {}
}
