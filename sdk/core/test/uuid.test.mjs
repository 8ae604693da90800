import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './sources.mjs';

const { uuid } = await load('uuid');

test('an id is a UUID of version 7 that begins with the time', () => {
  const before = Date.now();
  for (let i = 0; i < 1000; i++) {
    const id = uuid();
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = parseInt(id.slice(0, 13).replace('-', ''), 16);
    assert.ok(time >= before && time <= Date.now());
  }
});

test('no two ids are the same', () => {
  assert.equal(new Set(Array.from({ length: 20_000 }, uuid)).size, 20_000);
});
