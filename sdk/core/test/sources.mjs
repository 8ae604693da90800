// Loads a module of the core's source for a test.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export async function load(name) {
  const built = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))],
    bundle: true,
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString('base64')}`);
}
