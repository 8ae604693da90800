// Says what a page pays for what it imports: bytes after minifying and gzip -9, as JSON. `node sdk/web/sizes.mjs`
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const module = fileURLToPath(new URL('dist/index.js', import.meta.url));
const FEATURES = ['pageViews', 'links', 'forms', 'siteSearch', 'engagement', 'notFound', 'video', 'deviceDetails', 'arrivals', 'betterDelivery'];
const OTHERS = { consent: "consent('granted')", identify: "identify('c')", forget: 'forget()', use: 'use((t) => t)', otherDomains: "otherDomains(['a.example'])", addToCart: 'addToCart({ id: "a" })' };

async function size(imports, code) {
  const bundle = await build({
    stdin: { contents: `import { ${imports} } from ${JSON.stringify(module)}; ${code}`, resolveDir: '/' },
    bundle: true, format: 'esm', minify: true, target: 'es2021', write: false,
  });
  const compress = { ecma: 2020, hoist_funs: true, passes: 3, pure_getters: true, unsafe: true, unsafe_arrows: true };
  return gzipSync((await minify(bundle.outputFiles[0].text, { compress, module: true })).code, { level: 9 }).length;
}

const begin = (features) => `start({ key: 'k', endpoint: 'https://c.example' }${features}); track('a');`;
const sizes = { track: await size('track', "track('a')"), 'start, track': await size('start, track', begin('')) };
for (const name of FEATURES) sizes[name] = await size(`start, track, ${name}`, begin(`, ${name}`));
for (const [name, call] of Object.entries(OTHERS)) sizes[name] = await size(`start, track, ${name}`, begin('') + call);
console.log(JSON.stringify(sizes, null, 1));
