// An app that tells of orders without a pause until somebody kills it: the SDK as it is published, its storage on the real disk.
// Arguments: where it is stored, the collector, the public key, its name, and where it writes down.
import { openSync, writeSync } from 'node:fs';
import { DiskStorage } from '../../sdk/mobile/test/diskStorage.mjs';
import { asyncStorage, kept, start, track } from '@klantreis/react-native';

const [storage, endpoint, key, name, ledger] = process.argv.slice(2);
const written = openSync(ledger, 'a');
const pause = (ms) => new Promise((over) => setTimeout(over, ms));

// Storage of a phone takes a moment before and after a change is on the disk.
await start({ key, endpoint, storage: asyncStorage(new DiskStorage(storage, () => pause(Math.random() * 3))) });
for (let number = 0; ; number++) {
  const order = `A-${name}-${number}`;
  writeSync(written, `${order}\n`);
  track('order', { order: { id: order, total: '19.95', currency: 'EUR' }, properties: { run: endpoint } });
  await kept();
  writeSync(written, `${order} kept\n`);
  await pause(5);
}
