// The core, bundled with a device whose clock, storage and network belong to the test.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('..', import.meta.url));
const device = fileURLToPath(new URL('device.mjs', import.meta.url));
const built = new Map();

const ENTRY = `
  export * from './src/api.js';
  export * from './src/queue.js';
  export { use } from './src/record.js';
  export { leave } from './src/delivery.js';
  export * as vocabulary from './src/vocabulary.js';
`;

/** Source of the core with other limits: constants of the real one are put in their place, name by name. */
async function bundle(limits) {
  const name = JSON.stringify(limits);
  if (!built.has(name)) {
    const others = {
      name: 'limits',
      setup({ onLoad }) {
        onLoad({ filter: /core\/src\/limits\.ts$/ }, () => ({
          contents: Object.entries({ QUEUE_TOUCHPOINTS: 10_000, QUEUE_MS: 30 * 86_400_000, BATCH_TOUCHPOINTS: 100, BATCH_BYTES: 60_000, ...limits })
            .map(([constant, value]) => `export const ${constant} = ${value};`).join('\n'),
        }));
      },
    };
    const made = await build({
      stdin: { contents: ENTRY, resolveDir: folder },
      alias: { '@klantreis/device': device },
      bundle: true,
      define: { VERSION: '"test"', TEXTS: 'theDevice.texts' },
      format: 'iife',
      globalName: 'core',
      plugins: [others],
      write: false,
    });
    built.set(name, made.outputFiles[0].text);
  }
  return built.get(name);
}

/** A program with a core of its own on this device: as if it had just been started. */
export async function program(theDevice, limits = {}) {
  const names = ['theDevice', 'Date', 'performance', 'setTimeout', 'clearTimeout', 'fetch', 'console', 'AbortSignal'];
  const { Date, performance, setTimeout, clearTimeout, fetch } = theDevice.world();
  const silent = { warn: (...told) => theDevice.warnings.push(told) };
  const run = new Function(...names, `${await bundle(limits)}; return core;`);
  return run(theDevice, Date, performance, setTimeout, clearTimeout, fetch, silent, {});
}
