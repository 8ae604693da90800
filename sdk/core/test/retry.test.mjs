import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './sources.mjs';

const { backOff, retryAfter, settles } = await load('retry');
const ours = { accepted: 1, rejected: [] };

test('a 2xx settles only with the collector’s own body', () => {
  assert.ok(settles(202, ours));
  assert.ok(settles(200, { accepted: 0 }));
  for (const foreign of [undefined, null, {}, [], 'ok', 7, { accepted: '1' }, { accepted: null }, { accepted: true }])
    assert.ok(!settles(200, foreign), JSON.stringify(foreign));
});

test('of all other answers exactly those 4xx of the collector settle that no waiting can change', () => {
  for (const status of [0, 401, 403, 408, 429, 500, 502, 503, 504, 529, 599])
    assert.ok(!settles(status, status ? { reason: 'any' } : undefined), `${status}`);
  for (const status of [400, 402, 404, 405, 409, 410, 413, 415, 422, 431, 451]) {
    assert.ok(settles(status, { reason: 'any' }), `${status}`);
    if (status != 413) for (const foreign of [undefined, null, {}, [], 'Not found', { error: 'not found' }])
      assert.ok(!settles(status, foreign), `${status} ${JSON.stringify(foreign)}`);
  }
  assert.ok(settles(413, undefined));
});

test('waits double with jitter up to some four minutes', () => {
  for (let failures = 0; failures < 30; failures++) {
    const longest = 1000 * 2 ** Math.min(8, failures);
    for (let i = 0; i < 50; i++) {
      const wait = backOff(503, failures);
      assert.ok(wait >= longest / 2 && wait <= longest, `${failures}: ${wait}`);
    }
  }
  assert.notEqual(backOff(503, 3), backOff(503, 3));
});

test('a refused key waits long from the first time on', () => {
  for (const status of [401, 403]) assert.ok(backOff(status, 0) >= 8 * 60_000);
});

test('Retry-After is read as seconds and as a date', () => {
  assert.equal(retryAfter('5'), 5000);
  assert.ok(retryAfter('0') <= 0);
  assert.equal(retryAfter(null), 0);
  assert.equal(retryAfter('soon'), 0);
  const inAMinute = retryAfter(new Date(Date.now() + 60_000).toUTCString());
  assert.ok(inAMinute > 58_000 && inAMinute <= 60_000, `${inAMinute}`);
});
