export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  modules: ['@klantreis/web/nuxt'],
  klantreis: { key: 'demo', endpoint: 'http://127.0.0.1:8080', features: ['links', 'forms', 'engagement'] },
});
