/** Vue: `app.use(klantreis, { key, endpoint, features })`, and `useTouchpoint` for what a component tells when it is shown. */
import { start, track, type Feature, type Installation } from '@klantreis/web';
import { onMounted, watch, type Plugin } from 'vue';
import { TITLE_MS, type Told } from './told.js';

export type { Told } from './told.js';

export interface KlantreisOptions extends Installation {
  /** What is told of by itself. What you do not name is not in your bundle. */
  features?: Feature[];
}

/** Begins in the browser; on a server it does nothing. */
export const klantreis: Plugin<[KlantreisOptions]> = {
  install(_app, { features = [], ...installation }) {
    if (typeof window != 'undefined') start(installation, ...features);
  },
};

/**
 * Tells of a touchpoint when the component is shown, and again when what it says changes: once each. While `what` gives
 * nothing it waits: for what is still being loaded.
 */
export function useTouchpoint(what: () => Told | null | undefined | false): void {
  onMounted(() =>
    watch(
      () => JSON.stringify(what() || null),
      (text, _before, stopped) => {
        const told = JSON.parse(text) as Told | null;
        const timer = told ? setTimeout(() => track(...told), TITLE_MS) : undefined;
        stopped(() => clearTimeout(timer));
      },
      { immediate: true },
    ),
  );
}
