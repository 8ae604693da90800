/**
 * Nuxt: `modules: ['@klantreis/web/nuxt']`. It writes a plugin for the browser that names only what the site asked for, so
 * the rest is not in its bundle. Runs in Node, when the site is built.
 */
import type { Installation } from '@klantreis/web';
import { addImports, addPluginTemplate, defineNuxtModule } from '@nuxt/kit';
import type * as known from './features.js';

export type FeatureName = keyof typeof known;

/** Each may also come when the site runs: NUXT_PUBLIC_KLANTREIS_KEY, _ENDPOINT and _CONSENT. */
export interface KlantreisOptions extends Partial<Installation> {
  /** What is told of by itself, beside page views. */
  features?: FeatureName[];
}

const FEATURES: Record<FeatureName, true> = {
  arrivals: true, betterDelivery: true, deviceDetails: true, engagement: true, forms: true, links: true, notFound: true,
  pageViews: true, siteSearch: true, video: true,
};

const plugin = (features: string[]): string => `
import { defineNuxtPlugin, useRuntimeConfig } from '#imports';
import { start, ${features.join(', ')} } from '@klantreis/web';

export default defineNuxtPlugin({
  name: 'klantreis',
  enforce: 'pre',
  setup() {
    const { key, endpoint, consent } = useRuntimeConfig().public.klantreis;
    start({ key, endpoint, consent: consent || undefined }, ${features.join(', ')});
  },
});
`;

export default defineNuxtModule<KlantreisOptions>({
  meta: { name: '@klantreis/web', configKey: 'klantreis', compatibility: { nuxt: '>=3.0.0' } },
  setup({ key = '', endpoint = '', consent = undefined, features = [] }, nuxt) {
    const wrong = features.find((name) => !(name in FEATURES));
    if (wrong) throw new Error(`klantreis.features: ${wrong} is none of ${Object.keys(FEATURES).join(', ')}`);
    nuxt.options.runtimeConfig.public['klantreis'] = { key, endpoint, consent: consent ?? '' };
    const wanted = [...new Set<string>([...features.filter((name) => name != 'pageViews'), 'pageViews'])];
    addPluginTemplate({ filename: 'klantreis.client.mjs', mode: 'client', getContents: () => plugin(wanted) });
    addImports({ name: 'useTouchpoint', from: '@klantreis/web/vue' });
  },
});
