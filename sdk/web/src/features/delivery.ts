import { leave, packWith, retry } from '../../../core/src/delivery.js';
import { on } from './listening.js';

/** Bytes from which on packing pays. */
const WORTH_BYTES = 4096;

async function gzip(text: string): Promise<string | ArrayBuffer> {
  // What is sent while a page is left must be sent at once, and packing is not.
  if (text.length < WORTH_BYTES || document.hidden || !window.CompressionStream) return text;
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(packed).arrayBuffer();
}

/**
 * Packs large requests, tries again at once when the network is back, and sends what is held when the browser freezes the
 * page. Bytes are sent without a Content-Type, so that browsers still ask no preflight; the collector knows gzip when it
 * sees it.
 */
export function betterDelivery(): void {
  packWith(gzip);
  on(window, 'online', retry);
  on(document, 'freeze', leave);
}
