// The storages that apps have, and the network that comes and goes: the real packages, above native modules of the tests.
const { phone, until } = require('../phone/phone');

const held = phone();
const begin = (sdk, storage, ...features) => sdk.start({ key: 'demo', endpoint: held.phone.collector.url, storage }, ...features);

const STORAGES = {
  'AsyncStorage 3': (sdk) => sdk.asyncStorage(require('@react-native-async-storage/async-storage').createAsyncStorage('k')),
  'AsyncStorage as before': (sdk) => sdk.asyncStorage(require('@react-native-async-storage/async-storage').default),
  'the calls of AsyncStorage 2': (sdk) => {
    const { default: now } = require('@react-native-async-storage/async-storage');
    return sdk.asyncStorage({
      getAllKeys: () => now.getAllKeys(),
      multiGet: async (names) => Object.entries(await now.getMany(names)),
      multiSet: (pairs) => now.setMany(Object.fromEntries(pairs)),
      multiRemove: (names) => now.removeMany(names),
    });
  },
};

test.each(Object.keys(STORAGES))('%s keeps what waits until the next start', async (name) => {
  held.phone.collector.status = 503;
  let sdk = await held.phone.boot();
  await begin(sdk, STORAGES[name](sdk));
  for (let number = 0; number < 1200; number++) sdk.track('order', { order: { step: number } });
  await sdk.kept();
  expect(held.phone.disk.names().length).toBe(1201);
  held.phone.collector.status = 202;
  sdk = await held.phone.boot();
  await begin(sdk, STORAGES[name](sdk));
  await until(() => held.phone.collector.touchpoints.length == 1200);
  expect(held.phone.collector.touchpoints.map(({ order }) => order.step)).toEqual([...Array(1200).keys()]);
  await until(() => held.phone.disk.names().length == 1);
  expect(held.phone.collector.requests.length).toBe(12);
});

test('MMKV keeps and removes', async () => {
  const sdk = await held.phone.boot();
  const kept = require('react-native-mmkv').createMMKV();
  kept.set('mine', 'stays');
  await begin(sdk, sdk.mmkv(kept));
  sdk.track('search');
  await sdk.kept();
  expect(kept.getAllKeys().filter((name) => name.startsWith('klantreis:demo:t:')).length).toBe(1);
  await sdk.flush();
  await until(() => kept.getAllKeys().length == 2);
  sdk.forget();
  await sdk.kept();
  expect(kept.getAllKeys()).toEqual(['mine']);
});

test('a storage that fails costs nothing while the program lives', async () => {
  const sdk = await held.phone.boot();
  const refuse = () => Promise.reject(new Error('disk full'));
  await begin(sdk, { names: () => [], read: () => ({}), write: refuse, remove: refuse });
  sdk.track('search');
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['search']);
  expect(held.phone.warnings.splice(0).every((told) => told.includes('disk full'))).toBe(true);
});

test('when the network is back what waits goes at once, and its kind is told', async () => {
  held.phone.collector.status = 503;
  const sdk = await held.phone.boot();
  const { default: network } = require('@react-native-community/netinfo');
  await begin(sdk, STORAGES['AsyncStorage 3'](sdk), sdk.reconnect(network));
  const turns = (isConnected) =>
    held.phone.events.emit('netInfo.networkStatusDidChange', { type: isConnected ? 'cellular' : 'none', isConnected, isInternetReachable: isConnected, details: null });
  sdk.track('search');
  await sdk.flush();
  held.phone.warnings.length = 0;
  held.phone.collector.status = 202;
  turns(false);
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual([]);
  turns(true);
  sdk.track('share');
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['search', 'share']);
  expect(held.phone.collector.of('share')[0].context.network).toBe('cellular');
});

test('the device is told with consent only', async () => {
  const sdk = await held.phone.boot();
  await begin(sdk, STORAGES['AsyncStorage 3'](sdk), sdk.deviceDetails({ app_name: 'Shop', app_version: '2.4.0' }));
  sdk.track('search');
  sdk.consent('denied');
  sdk.track('share');
  await sdk.flush();
  const [share] = held.phone.collector.of('share');
  expect(share.context).toBeUndefined();
  expect(held.phone.collector.touchpoints.filter((one) => one.context && one.consent.state != 'granted')).toEqual([]);
  sdk.consent('granted');
  await sdk.flush();
  expect(held.phone.collector.of('consent').at(-1).context).toMatchObject({ app_name: 'Shop', app_version: '2.4.0', os_name: 'iOS', device_maker: 'Apple', screen_width: expect.any(Number), time_zone: expect.any(String) });
});
