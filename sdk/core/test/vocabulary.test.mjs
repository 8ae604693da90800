// Every standard type that a page may send has a function of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { program } from './core.mjs';
import { World } from './world.mjs';

const schema = JSON.parse(readFileSync(new URL('../../contract/touchpoints.schema.json', import.meta.url), 'utf8'));
/** What the SDK tells by itself or by calls of other names, and what needs a secret key. */
const OTHERWISE = ['page_view', 'engagement', 'identify', 'consent', ...schema['x-secret-key-types']];

test('each standard type has one function, and each function tells of what it is given', async () => {
  const core = await program(new World('2030-05-31T12:00:00Z'));
  const told = [];
  core.use((touchpoint) => void told.push(touchpoint));
  core.begin({ key: 'k', endpoint: 'https://collector.example' });
  for (const tell of Object.values(core.vocabulary)) tell({}, { properties: { more: 1 } });
  const types = told.map(({ type }) => type);
  assert.deepEqual(types.sort(), Object.keys(schema['x-standard-types']).filter((type) => !OTHERWISE.includes(type)).sort());
});

test('what it is about goes where the vocabulary has it', async () => {
  const core = await program(new World('2030-05-31T12:00:00Z'));
  const told = [];
  core.use((touchpoint) => void told.push(touchpoint));
  core.begin({ key: 'k', endpoint: 'https://collector.example' });
  core.vocabulary.addToCart({ id: 'hiker-43' }, { order: { total: '129.95' } });
  core.vocabulary.share({ properties: { network: 'mail' } });
  assert.deepEqual(told.map(({ type, product, order, properties }) => ({ type, product, order, properties })), [
    { type: 'cart_add', product: { id: 'hiker-43' }, order: { total: '129.95' }, properties: undefined },
    { type: 'share', product: undefined, order: undefined, properties: { network: 'mail' } },
  ]);
});
