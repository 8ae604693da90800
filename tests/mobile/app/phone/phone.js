// A phone below React Native: native modules on a real disk, and a collector that hears what the app sends.
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { DiskStorage } = require('../../../../sdk/mobile/test/diskStorage.mjs');

/** Takes whatever is sent and answers as a collector does. */
class Collector {
  requests = [];
  status = 202;
  /** Counts the programs: whatever one that was killed still sends does not arrive. */
  life = 0;

  async listen() {
    this.server = http.createServer((request, response) => {
      if (!request.url.startsWith(`/${this.life}/`)) return request.destroy();
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        const { touchpoints } = JSON.parse(text);
        if (this.status == 202) this.requests.push(touchpoints);
        response.writeHead(this.status, { connection: 'close' });
        response.end(JSON.stringify(this.status == 202 ? { accepted: touchpoints.length, rejected: [] } : {}));
      });
    });
    await new Promise((listening) => this.server.listen(0, '127.0.0.1', listening));
  }

  get url() {
    return `http://127.0.0.1:${this.server.address().port}/${this.life}`;
  }

  /** What was sent, each once, as a collector stores it: who is killed before the answer sends again. */
  get touchpoints() {
    return [...new Map(this.requests.flat().map((one) => [one.id, one])).values()];
  }

  types = () => this.touchpoints.map(({ type }) => type);

  of = (type) => this.touchpoints.filter((one) => one.type == type);

  close = () => new Promise((closed) => this.server.close(closed));
}

class Phone {
  collector = new Collector();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'klantreis-app-'));
  /** The link that starts the app. */
  initialURL = null;
  /** The app's state, as the system has it. */
  state = 'active';
  /** What the SDK had to complain about; a test that expects it takes it out. */
  warnings = [];
  #ahead = 0;
  #now = Date.now.bind(Date);

  async switchOn() {
    await this.collector.listen();
    for (const clock of [Date, performance]) jest.spyOn(clock, 'now').mockImplementation(() => this.#now() + this.#ahead);
    jest.spyOn(console, 'warn').mockImplementation((...told) => this.warnings.push(told.join(' ')));
  }

  async switchOff() {
    await this.kill();
    await this.collector.close();
    jest.restoreAllMocks();
    fs.rmSync(this.folder, { recursive: true });
    expect(this.warnings).toEqual([]);
  }

  /** Time passes on both clocks, and nothing happens meanwhile. */
  pass(minutes) {
    this.#ahead += minutes * 60_000;
  }

  /** The program is gone, without a word. What it had begun to write ends nowhere. */
  async kill() {
    this.collector.life++;
    this.disk?.end();
    this.disk = undefined;
  }

  /**
   * The app begins anew, at the front, or woken by the system in the background: all modules are new, the disk and the clocks
   * are as they were.
   */
  async boot(state = 'active') {
    await this.kill();
    this.state = state;
    jest.resetModules();
    this.disk = new DiskStorage(path.join(this.folder, 'storage'));
    const modules = require('react-native/Libraries/BatchedBridge/NativeModules').default;
    const events = { addListener: () => {}, removeListeners: () => {} };
    const { disk } = this;
    // No storage says in which order it gives its names.
    const names = async () => disk.names().reverse();
    Object.assign(modules, {
      AppState: {
        ...events,
        getConstants: () => ({ initialAppState: this.state }),
        getCurrentAppState: (told) => told({ app_state: this.state }),
      },
      LinkingManager: { ...events, getInitialURL: async () => this.initialURL },
      RNCNetInfo: { ...events, getCurrentState: async () => ({ type: 'wifi', isConnected: true, isInternetReachable: true, details: {} }) },
      RNAsyncStorage: {
        getKeys: names,
        getValues: async (_, names) => Object.entries(await disk.getMany(names)).map(([key, value]) => ({ key, value })),
        setValues: async (_, values) => disk.setMany(Object.fromEntries(values.map(({ key, value }) => [key, value]))),
        removeValues: (_, names) => disk.removeMany(names),
        legacy_getAllKeys: names,
        legacy_multiGet: async (names) => Object.entries(await disk.getMany(names)),
        legacy_multiSet: (pairs) => disk.setMany(Object.fromEntries(pairs)),
        legacy_multiRemove: (names) => disk.removeMany(names),
      },
    });
    this.events = require('react-native/Libraries/EventEmitter/RCTDeviceEventEmitter').default;
    this.sdk = require('@klantreis/react-native');
    return this.sdk;
  }

  /** Boots and starts the SDK; `features(sdk)` are what it tells by itself. */
  async start(features = () => [], { state, ...installation } = {}) {
    const sdk = await this.boot(state);
    const { createAsyncStorage } = require('@react-native-async-storage/async-storage');
    const storage = sdk.asyncStorage(createAsyncStorage('klantreis'));
    await sdk.start({ key: 'demo', endpoint: this.collector.url, storage, ...installation }, ...features(sdk));
    return sdk;
  }

  /** The system says that the app's state is another now. */
  becomes(state) {
    this.state = state;
    this.events.emit('appStateDidChange', { app_state: state });
  }

  follow(url) {
    this.events.emit('url', { url });
  }
}

/** A phone that is switched on before each test and off after it. */
exports.phone = () => {
  const held = {};
  beforeEach(async () => {
    held.phone = new Phone();
    await held.phone.switchOn();
  });
  afterEach(() => held.phone.switchOff());
  return held;
};

/** Until it holds; raises an error where it does not within half a minute, far more than it takes. */
exports.until = async (holds) => {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 6000) throw new Error(`never came: ${holds}`);
    await new Promise((done) => setTimeout(done, 5));
  }
};
