// Builds the module (index.js) and what follows Expo Router (expoRouter.js), which share one core.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(await readFile(`${folder}package.json`, 'utf8'));

/** What binds the core to an app; the tests bundle it so too. */
export const binding = {
  absWorkingDir: folder,
  alias: { '@klantreis/device': './src/device.ts', '@klantreis/track': './src/api.ts' },
  bundle: true,
  define: { VERSION: JSON.stringify(version) },
  inject: ['src/globals.ts'],
};

if (process.argv[1] == fileURLToPath(import.meta.url))
  await build({
    ...binding,
    chunkNames: 'shared',
    entryPoints: ['src/index.ts', 'src/expoRouter.ts'],
    external: ['react', 'react-native', 'expo-router'],
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
    outdir: 'dist',
    sourcemap: true,
    splitting: true,
    target: 'es2020',
  });
