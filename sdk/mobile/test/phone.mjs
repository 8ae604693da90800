// A phone in the hands of a test: its clocks and network, its storage on the real disk, its React Native.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { started } from '../../core/test/bundle.mjs';
import { World } from '../../core/test/world.mjs';
import { binding } from '../build.mjs';
import { DiskStorage } from './diskStorage.mjs';

const ENTRY = `
  export * from './src/index.js';
  export { inMemory } from '../core/src/queue.js';
`;
const options = {
  ...binding,
  alias: { ...binding.alias, 'react-native': fileURLToPath(new URL('reactNative.mjs', import.meta.url)) },
};

const folder = mkdtempSync(join(tmpdir(), 'klantreis-phone-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
let phones = 0;

export class Phone extends World {
  #file = join(folder, `${phones++}`);
  #disk;
  #heard = {};
  network = 'accepts';
  initialURL = null;
  native = {};

  /** The storage as the program that starts now finds it. */
  storage() {
    this.#disk = new DiskStorage(this.#file);
    return this.#disk;
  }

  /** The React Native of the program that starts now. */
  boot() {
    const heard = (this.#heard = {});
    const addEventListener = (type, listener) => (heard[type] ??= []).push(listener);
    this.native = {
      AppState: { currentState: 'active', addEventListener },
      Dimensions: { get: (what) => (what == 'screen' ? { width: 390, height: 844 } : { width: 390, height: 800 }) },
      Linking: { getInitialURL: async () => this.initialURL, addEventListener },
      Platform: { OS: 'android', Version: 36, constants: { Model: 'Pixel 11', Manufacturer: 'Google', Release: '16' } },
    };
  }

  /** The system says it to whoever listens. */
  say(type, what) {
    if (type == 'change') this.native.AppState.currentState = what;
    for (const listener of this.#heard[type] ?? []) listener(what);
  }

  end(device) {
    super.end(device);
    this.#disk.end();
  }

  waiting = () => this.rests().flatMap((name) => /:t:(.+)$/.exec(name)?.[1] ?? []);

  rests = () => this.#disk.names();
}

/** The app is started on this phone. With `features(sdk)` what it tells by itself. */
export async function program(phone, limits = {}, features = () => []) {
  phone.boot();
  const sdk = await started(ENTRY, options, phone, limits);
  return {
    ...sdk,
    get dropped() {
      return sdk.dropped;
    },
    begin: (installation) => sdk.start({ ...installation, storage: sdk.asyncStorage(phone.storage()) }, ...features(sdk)),
    // An app that ends in order was in the background before.
    leave: () => phone.say('change', 'background'),
    arrive: sdk.arrived,
  };
}
