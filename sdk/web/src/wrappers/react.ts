/** React: `<Klantreis …>` once, at the root of the app, and `useTouchpoint` for what a component tells when it is shown. */
import { start, track, type Feature, type Installation } from '@klantreis/web';
import { useEffect, useLayoutEffect } from 'react';
import { TITLE_MS, type Told } from './told.js';

export type { Told } from './told.js';

export interface KlantreisProps extends Omit<Installation, 'key'> {
  /** The public key that `klantreis keys add` made. React keeps the name `key` for itself. */
  siteKey: string;
  /** What is told of by itself. What you do not name is not in your bundle. */
  features?: Feature[];
}

/** A server has nothing to begin, and older versions of React warn of layout effects there. */
const useEarlyEffect = typeof window == 'undefined' ? useEffect : useLayoutEffect;

/** Begins in the browser, before the effects of any component, so that what those tell comes after it. Shows nothing. */
export function Klantreis({ siteKey, features = [], ...installation }: KlantreisProps): null {
  useEarlyEffect(() => start({ key: siteKey, ...installation }, ...features), []);
  return null;
}

/**
 * Tells of a touchpoint when the component is shown, and again when what it says changes: once each, in StrictMode too.
 * While there is none it waits: for what is still being loaded.
 */
export function useTouchpoint(what: Told | null | undefined | false): void {
  useEffect(() => {
    const timer = what ? setTimeout(() => track(...what), TITLE_MS) : undefined;
    return () => clearTimeout(timer);
  }, [JSON.stringify(what)]);
}
