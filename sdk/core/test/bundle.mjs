// A program bundled for a test, with the limits of a case and a world whose clock, timers and network belong to the test.
import { build } from 'esbuild';

const LIMITS = { QUEUE_TOUCHPOINTS: 10_000, QUEUE_MS: 30 * 86_400_000, BATCH_TOUCHPOINTS: 100, BATCH_BYTES: 60_000 };
const built = new Map();

/** The core's limits are constants: others are put in their place, name by name. */
const limited = (limits) => ({
  name: 'limits',
  setup({ onLoad }) {
    const lines = Object.entries({ ...LIMITS, ...limits }).map(([constant, value]) => `export const ${constant} = ${value};`);
    onLoad({ filter: /core\/src\/limits\.ts$/ }, () => ({ contents: lines.join('\n') }));
  },
});

/**
 * What the entry exports, as if it had just been started on this device. `options` are esbuild's; `others` are further
 * globals by name.
 */
export async function started(entry, options, theDevice, limits, others = {}) {
  const name = JSON.stringify([entry, limits]);
  if (!built.has(name)) {
    const made = await build({
      ...options,
      stdin: { contents: entry, resolveDir: options.absWorkingDir },
      bundle: true,
      format: 'iife',
      globalName: 'core',
      plugins: [limited(limits)],
      write: false,
    });
    built.set(name, made.outputFiles[0].text);
  }
  const { Date, performance, setTimeout, clearTimeout, fetch } = theDevice.world();
  const console = { warn: (...told) => theDevice.warnings.push(told) };
  const globals = { theDevice, Date, performance, setTimeout, clearTimeout, fetch, console, ...others };
  const run = new Function(...Object.keys(globals), `${built.get(name)}; return core;`);
  return run(...Object.values(globals));
}
