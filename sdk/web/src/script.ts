/** The script tag: `<script async src="/k.js" data-key="…"></script>` puts one global on the page. */
import { begin, klantreis } from './klantreis.js';
import type { ConsentState } from './touchpoint.js';

type Call = ['track' | 'identify' | 'consent', ...never[]];

const page = window as { klantreis?: { q?: Call[] } };
const calls = page.klantreis?.q;

// The second of two tags does nothing.
if (!page.klantreis || calls)
  try {
    const { dataset, src } = document.currentScript as HTMLScriptElement;
    begin(dataset.key!, dataset.endpoint || new URL(src).origin, dataset.consent as ConsentState);
    page.klantreis = klantreis as object;
    // What was called before this script came. The page view waits, so a decision on consent counts for it too.
    calls?.forEach(([method, ...given]) => (klantreis[method] as (...given: never[]) => void)(...given));
  } catch (error) {
    console.warn('klantreis', error);
  }
