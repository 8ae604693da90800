// The core, bundled with a device whose clock, storage and network belong to the test.
import { fileURLToPath } from 'node:url';
import { started } from './bundle.mjs';

const options = {
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  alias: { '@klantreis/device': fileURLToPath(new URL('device.mjs', import.meta.url)), '@klantreis/track': './src/api.ts' },
  define: { VERSION: '"test"', TEXTS: 'theDevice.texts' },
};

const ENTRY = `
  export * from './src/api.js';
  export * from './src/queue.js';
  export { use } from './src/record.js';
  export { leave } from './src/delivery.js';
  export * as vocabulary from './src/vocabulary.js';
  export const arrive = (campaign) => (theDevice.campaign = campaign);
`;

/** A program with a core of its own on this device: as if it had just been started. */
export const program = (theDevice, limits = {}) => started(ENTRY, options, theDevice, limits, { AbortSignal: {} });
