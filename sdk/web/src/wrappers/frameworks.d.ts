/**
 * Of Next.js and Nuxt just what the wrappers call, so that building the SDK installs neither. The examples, which have
 * both, are checked against their own types.
 */
declare module 'next/web-vitals.js' {
  export function useReportWebVitals(report: (metric: { name: string; value: number; rating?: string; navigationType?: string }) => void): void;
}

declare module '@nuxt/kit' {
  interface Nuxt {
    options: { runtimeConfig: { public: Record<string, unknown> } };
  }

  interface Definition<Options> {
    meta: { name: string; configKey: string; compatibility: { nuxt: string } };
    setup(options: Options, nuxt: Nuxt): void;
  }

  export function defineNuxtModule<Options>(definition: Definition<Options>): (options: Options, nuxt: Nuxt) => Promise<unknown>;
  export function addPluginTemplate(plugin: { filename: string; mode: 'client'; getContents: () => string }): unknown;
  export function addImports(given: { name: string; from: string }): void;
}
