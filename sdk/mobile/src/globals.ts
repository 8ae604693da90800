/**
 * What the core takes for granted and React Native lacks, or has otherwise. The build binds these in the place of the
 * globals (esbuild's `inject`), so nobody's globals are touched.
 */
export { TEXTS } from './keeping.js';

interface Randomness {
  getRandomValues(bytes: Uint8Array): Uint8Array;
}

/**
 * React Native has no `crypto`. Where the app brings one (expo-crypto, react-native-get-random-values) it is used; else ids
 * are as random as `Math.random`, which is enough beside the millisecond that they begin with, and guessable.
 */
export const crypto: Randomness = {
  getRandomValues: (bytes) =>
    (globalThis.crypto as Randomness | undefined)?.getRandomValues?.(bytes) ?? bytes.map(() => Math.random() * 256),
};

/** Older versions of React Native have none, and only the number of bytes is asked for. */
export class TextEncoder {
  encode(text: string): { length: number } {
    let length = 0;
    for (let place = 0; place < text.length; place++) {
      const code = text.charCodeAt(place);
      // Half of a pair is two of its four bytes.
      length += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
    }
    return { length };
  }
}

/** Older versions of React Native have no `AbortSignal.timeout`. */
export const AbortSignal = {
  timeout(ms: number): unknown {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  },
};
