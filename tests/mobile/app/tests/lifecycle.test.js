// An app's life, by the real AppState of React Native.
const { phone, until } = require('../phone/phone');

const held = phone();
const life = (app) => (sdk) => [sdk.lifecycle(app)];
const session = (one) => one.session_id;

/** Starts, and waits until all that it tells has arrived. */
async function run(app, count) {
  const sdk = await held.phone.start(life(app));
  await until(() => held.phone.collector.touchpoints.length >= count);
  return sdk;
}

test('the first start tells of the installation, the next ones only of the opening', async () => {
  await run({ version: '1.0' }, 2);
  held.phone.becomes('background');
  await until(() => held.phone.collector.of('app_backgrounded').length);
  await run({ version: '1.0' }, 4);
  expect(held.phone.collector.types()).toEqual(['app_installed', 'app_opened', 'app_backgrounded', 'app_opened']);
  expect(held.phone.collector.of('app_installed')[0]).toMatchObject({ channel: 'mobile', context: { app_version: '1.0' } });
  expect(new Set(held.phone.collector.touchpoints.map((one) => one.visitor_id)).size).toBe(1);
});

test('a new version is told once, with the one before it', async () => {
  await run({ version: '1.0' }, 2);
  held.phone.becomes('background');
  await until(() => held.phone.collector.touchpoints.length == 3);
  await run({ version: '1.1' }, 5);
  held.phone.becomes('background');
  await until(() => held.phone.collector.touchpoints.length == 6);
  await run({ version: '1.1' }, 7);
  expect(held.phone.collector.of('app_updated')).toMatchObject([{ properties: { previous_version: '1.0' }, context: { app_version: '1.1' } }]);
  expect(held.phone.collector.of('app_installed').length).toBe(1);
});

test('an app without a version is installed once', async () => {
  await run({}, 2);
  held.phone.becomes('background');
  await until(() => held.phone.collector.touchpoints.length == 3);
  await run({}, 4);
  expect(held.phone.collector.types()).toEqual(['app_installed', 'app_opened', 'app_backgrounded', 'app_opened']);
});

test('going to the background sends at once and tells how long the app was in front', async () => {
  const sdk = await run({}, 2);
  sdk.track('search');
  held.phone.pass(3);
  held.phone.becomes('inactive');
  held.phone.becomes('background');
  await until(() => held.phone.collector.of('app_backgrounded').length);
  const [left] = held.phone.collector.of('app_backgrounded');
  expect(left.properties.foreground_ms).toBeGreaterThanOrEqual(180_000);
  expect(held.phone.collector.requests.at(-1).map(({ type }) => type)).toEqual(['search', 'app_backgrounded']);
});

test('a look at the notifications is no opening', async () => {
  const sdk = await run({}, 2);
  held.phone.becomes('inactive');
  held.phone.becomes('active');
  sdk.track('search');
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['app_installed', 'app_opened', 'search']);
});

test('a session lasts over twenty minutes in the background, and not over forty', async () => {
  const sdk = await run({}, 2);
  for (const minutes of [20, 40]) {
    held.phone.becomes('background');
    held.phone.pass(minutes);
    held.phone.becomes('active');
    sdk.track('search');
  }
  await sdk.flush();
  const [first, second, third] = held.phone.collector.of('app_opened');
  expect(session(second)).toBe(session(first));
  expect(session(third)).not.toBe(session(first));
  expect(session(held.phone.collector.of('search')[1])).toBe(session(third));
});

test('an app that ended in front is told to have crashed, with the kind of error and not its words', async () => {
  const sdk = await run({ version: '1.0' }, 2);
  const ended = global.ErrorUtils.getGlobalHandler();
  expect(() => ended(new RangeError('anna@example.org'), true)).toThrow('anna@example.org');
  await sdk.kept();
  await run({ version: '1.1' }, 5);
  expect(held.phone.collector.of('app_crashed')).toMatchObject([{ properties: { version: '1.0', error: 'RangeError' } }]);
  expect(JSON.stringify(held.phone.collector.touchpoints)).not.toContain('anna');
});

test('an app that ended in the background is not', async () => {
  const sdk = await run({}, 2);
  held.phone.becomes('background');
  await sdk.flush();
  await run({}, 4);
  expect(held.phone.collector.of('app_crashed')).toEqual([]);
});

test('an app that the system wakes in the background is not opened', async () => {
  const sdk = await held.phone.start(life({}), { state: 'background' });
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['app_installed']);
  held.phone.becomes('active');
  sdk.track('search');
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['app_installed', 'app_opened', 'search']);
});

test('where the installation came from is told with it, at its time, though the store answers late', async () => {
  let answer;
  const installReferrer = () => new Promise((done) => (answer = done));
  const sdk = await held.phone.start(life({ installReferrer }));
  sdk.track('search');
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['app_opened', 'search']);
  answer('utm_source=google-play&utm_medium=organic');
  await until(() => held.phone.collector.of('app_installed').length);
  const [installed] = held.phone.collector.of('app_installed');
  expect(installed.campaign).toEqual({ source: 'google-play', medium: 'organic' });
  expect(installed.occurred_at).toBeLessThanOrEqual(held.phone.collector.of('search')[0].occurred_at);
  expect(session(installed)).toBe(session(held.phone.collector.of('app_opened')[0]));
});

test('before a yes no installation is told and nothing is stored; the yes tells it, and no second yes', async () => {
  const sdk = await held.phone.start(life({ version: '1.0' }), { consent: 'required' });
  sdk.track('search');
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['app_opened', 'search']);
  expect(held.phone.collector.touchpoints.some((one) => one.visitor_id || one.context)).toBe(false);
  expect(held.phone.disk.names()).toEqual([]);
  sdk.consent('granted');
  await sdk.flush();
  expect(held.phone.collector.of('app_installed').length).toBe(1);
  sdk.consent('denied');
  sdk.consent('granted');
  await sdk.flush();
  await run({ version: '1.0' }, held.phone.collector.touchpoints.length + 1);
  expect(held.phone.collector.of('app_installed').length).toBe(1);
});
