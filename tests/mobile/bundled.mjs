// Bundles a program that uses the SDK for Node, with React Native's part replaced by an app that stays in front. The first
// argument is the program, the second where the bundle goes.
import { fileURLToPath } from 'node:url';
import { build } from '../../sdk/node_modules/esbuild/lib/main.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  alias: { '@klantreis/react-native': here('../../sdk/mobile/dist/index.js') },
  bundle: true,
  entryPoints: [process.argv[2]],
  format: 'esm',
  logLevel: 'warning',
  outfile: process.argv[3],
  platform: 'node',
  plugins: [
    {
      name: 'react-native',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^react-native$/ }, () => ({ path: 'react-native', namespace: 'front' }));
        onLoad({ filter: /./, namespace: 'front' }, () => ({
          contents: `
            export const AppState = { currentState: 'active', addEventListener() {} };
            export const Dimensions = {}, Linking = {}, Platform = {};`,
        }));
      },
    },
  ],
});
