// What brings a person to the app: links, push messages, pages in web views. By the real Linking of React Native.
const { phone, until } = require('../phone/phone');

const held = phone();
const all = () => held.phone.collector.touchpoints;
const of = (type) => held.phone.collector.of(type);

async function opened(link, features = () => [], installation) {
  held.phone.initialURL = link;
  const sdk = await held.phone.start((given) => [given.lifecycle(), ...features(given)], installation);
  await until(() => all().length >= (installation ? 1 : 2));
  return sdk;
}

test('the link that starts the app is told with the opening, and its campaign', async () => {
  await opened('https://shop.example/boots?utm_source=news&utm_medium=email&utm_campaign=spring%20sale&email=anna@example.org');
  expect(of('app_opened')).toMatchObject([{
    campaign: { source: 'news', medium: 'email', name: 'spring sale' },
    page: { url: 'https://shop.example/boots?utm_source=news&utm_medium=email&utm_campaign=spring%20sale&' },
  }]);
});

test('a link of a scheme of the app carries its campaign and click id too', async () => {
  await opened('shop://boots?gclid=Cj0K&utm_source=google');
  expect(of('app_opened')[0].campaign).toEqual({ source: 'google', click_id: 'Cj0K', click_id_kind: 'gclid' });
});

test.each([['before', ['link', 'active']], ['after', ['active', 'link']]])('a link that comes %s the app is in front makes one opening and a new session', async (_, order) => {
  const sdk = await opened(null);
  held.phone.becomes('background');
  for (const what of order) what == 'link' ? held.phone.follow('shop://sale?utm_source=partner') : held.phone.becomes('active');
  sdk.track('search');
  await sdk.flush();
  const [first, second] = of('app_opened');
  expect(of('app_opened').length).toBe(2);
  expect(second.campaign).toEqual({ source: 'partner' });
  expect(second.session_id).not.toBe(first.session_id);
  expect(of('search')[0].session_id).toBe(second.session_id);
  expect(of('search')[0].campaign).toBeUndefined();
});

test('without consent a link tells its campaign and nobody', async () => {
  await opened('https://shop.example/?utm_source=bing&msclkid=person&kr_amb=anna&kr_id=v.1', undefined, { consent: 'denied' });
  const text = JSON.stringify(held.phone.collector.requests);
  expect(of('app_opened')[0].campaign).toMatchObject({ source: 'bing' });
  for (const telling of ['person', 'anna', 'kr_id']) expect(text).not.toContain(telling);
});

test('a code in the store is a visit there, and an ambassador is named', async () => {
  await opened('https://shop.example/hiker?kr_src=store.utrecht&kr_amb=ANNA7');
  await held.phone.sdk.flush();
  expect(of('app_opened')[0]).toMatchObject({ ambassador: { code: 'ANNA7' }, campaign: { source: 'utrecht', medium: 'qr' } });
  expect(of('store_visit')).toMatchObject([{ channel: 'store', store: { id: 'utrecht' } }]);
});

test('a push message is told before the opening that it causes, once, in one session', async () => {
  let push;
  const sdk = await opened(null, (given) => [given.pushes((told) => (push = told))]);
  held.phone.becomes('background');
  held.phone.pass(60);
  held.phone.becomes('active');
  push({ utm_campaign: 'back-in-stock', name: 'Anna' }, 'message-1');
  push({ utm_campaign: 'back-in-stock', name: 'Anna' }, 'message-1');
  sdk.track('search');
  await sdk.flush();
  expect(of('push_opened').map(({ campaign }) => campaign)).toEqual([{ source: 'app', medium: 'push', name: 'back-in-stock' }]);
  expect(all().slice(-3).map(({ type }) => type)).toEqual(['push_opened', 'app_opened', 'search']);
  expect(new Set(all().slice(-3).map((one) => one.session_id)).size).toBe(1);
  expect(JSON.stringify(all())).not.toContain('Anna');
});

test('a page of the site in a web view learns of the app’s visitor for two minutes, a page of others never', async () => {
  const sdk = await opened(null);
  const [{ visitor_id }] = all();
  const address = sdk.webViewAddress('https://shop.example/help?a=1#top', ['shop.example']);
  expect(address).toMatch(new RegExp(`^https://shop\\.example/help\\?a=1&kr_id=${visitor_id}\\.[0-9a-z]+#top$`));
  for (const other of ['https://shop.example.evil/', 'https://shop.example@evil/', 'https://evil/?shop.example', 'javascript:x', 'https://evil\\@shop.example/'])
    expect(sdk.webViewAddress(other, ['shop.example'])).toBe(other);
  // The same address as a link into an app of another device.
  const [, named] = /kr_id=([^#]+)/.exec(address);
  sdk.forget();
  held.phone.follow(`https://shop.example/help?kr_id=${named}`);
  held.phone.pass(5);
  held.phone.follow(`https://shop.example/help?kr_id=${named}`);
  await sdk.flush();
  expect(of('identify')).toMatchObject([{ identity: { linked_visitor_id: visitor_id } }]);
  expect(JSON.stringify(of('app_opened'))).not.toContain('kr_id');
});

test('a page of the site in a web view says who its visitor is; a page of others says nothing', async () => {
  const sdk = await opened(null);
  const page = '0196f3a0-0000-7000-8000-000000000001';
  const says = (visitor, url) => sdk.fromWebView({ nativeEvent: { data: JSON.stringify({ klantreis: visitor }), url } }, ['shop.example']);
  expect(sdk.fromWebView({ nativeEvent: { data: '{"mine":1}', url: 'https://shop.example/' } }, ['shop.example'])).toBe(false);
  expect(says(page, 'https://evil.example/')).toBe(true);
  expect(says('"><script>', 'https://shop.example/')).toBe(true);
  says(page, 'https://shop.example/help');
  says(page, 'https://shop.example/help');
  await sdk.flush();
  expect(of('identify').map(({ identity }) => identity)).toEqual([{ linked_visitor_id: page }]);
});
