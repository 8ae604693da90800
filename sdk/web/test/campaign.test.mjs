import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './sources.mjs';

const { campaign, withoutQuery } = await load('page');

test('no campaign is none', () => {
  for (const query of ['', '?', '?q=gieter&page=2', '?putm_source=x', '?utm_=x']) assert.equal(campaign(query), undefined, query);
});

test('utm parameters get the names of the vocabulary', () => {
  assert.deepEqual(campaign('?utm_source=a&utm_medium=b&utm_campaign=c%20d&utm_id=e&utm_term=f&utm_content=g'), {
    source: 'a', medium: 'b', name: 'c d', id: 'e', term: 'f', content: 'g',
  });
});

test('click ids are known by their names', () => {
  for (const kind of ['gclid', 'gbraid', 'wbraid', 'dclid', 'msclkid', 'fbclid', 'ttclid', 'twclid', 'yclid'])
    assert.deepEqual(campaign(`?a=1&${kind}=Xy_1-z`), { click_id: 'Xy_1-z', click_id_kind: kind }, kind);
  assert.equal(campaign('?include=1&braid=2&clid'), undefined);
});

test('of several click ids the last counts: whoever shares a link adds theirs behind', () => {
  assert.deepEqual(campaign('?gclid=1&fbclid=2'), { click_id: '2', click_id_kind: 'fbclid' });
});

test('hostile queries are only texts', () => {
  assert.deepEqual(Object.keys(campaign('?utm_source=%00%F0%9F&utm___proto__=x')).sort(), ['source']);
  assert.equal({}.x, undefined);
  campaign(`?${'utm_source=x&'.repeat(10_000)}`);
  campaign(`?${'clk'.repeat(100_000)}=1`);
});

test('an address is cut before its query', () => {
  assert.equal(withoutQuery('https://shop.example/a?b=c?d'), 'https://shop.example/a');
  assert.equal(withoutQuery(''), '');
});
