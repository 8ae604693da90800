// What an app goes through beside the shared cases.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Phone, program } from './phone.mjs';

const installation = { key: 'k', endpoint: 'https://collector.example' };

async function started(features, more, phone = new Phone('2030-05-31T12:00:00Z')) {
  const sdk = await program(phone, {}, features);
  sdk.begin({ ...installation, ...more });
  await phone.pass(0);
  return { phone, sdk };
}

test('once the app is back in front nothing waits for the attempt that was planned before', async () => {
  const { phone, sdk } = await started();
  phone.network = 'away';
  sdk.track('order');
  await phone.pass(86_400_000);
  phone.network = 'accepts';
  phone.say('change', 'active');
  await phone.pass(0);
  sdk.track('search');
  await phone.pass(2000);
  assert.deepEqual(phone.waiting(), []);
});

for (const consent of ['granted', 'denied'])
  test(`a link is told without its fragment, which may hold a secret: consent ${consent}`, async () => {
    const phone = new Phone('2030-05-31T12:00:00Z');
    phone.initialURL = 'shop://login?utm_source=news#access_token=secret&refresh_token=secret&type=magiclink';
    await started((sdk) => [sdk.lifecycle()], { consent }, phone);
    await phone.pass(5000);
    const told = phone.accepted.flatMap(({ body }) => body.touchpoints);
    assert.equal(told.find(({ type }) => type == 'app_opened').page.url, 'shop://login?utm_source=news');
    assert.doesNotMatch(JSON.stringify(told), /secret/);
  });

test('a withdrawal that a storage refuses once is carried out later', async () => {
  const phone = new Phone('2030-05-31T12:00:00Z');
  const storage = phone.storage.bind(phone);
  let refused = 0;
  phone.storage = () => {
    const disk = storage();
    const remove = disk.removeMany;
    disk.removeMany = async (names) => {
      if (refused++) return remove(names);
      throw new Error('the database is locked');
    };
    return disk;
  };
  phone.network = 'away';
  const { sdk } = await started(undefined, { consent: 'required' }, phone);
  sdk.consent('granted');
  sdk.track('order');
  await phone.pass(2000);
  refused = 0;
  sdk.consent('denied');
  await phone.pass(60_000);
  assert.deepEqual(phone.rests(), []);
});
