import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './sources.mjs';

const { told } = await load('addresses');
const shop = 'https://shop.example/a';

test('what looks like personal data is taken out of an address, by its name or its value', () => {
  for (const personal of ['email=a', 'e-mail=a', 'user_email=a', 'phone=06', 'firstname=a', 'user_name=a', 'password=a', 'access_token=a', 'q=anna@example.org', 'q=anna%40example.org', 'to=x&cc=b@c'])
    assert.doesNotMatch(told('url', `${shop}?${personal}&size=3`, true), /=a\b|06|@|%40/, personal);
});

test('everything else stays', () => {
  for (const url of [shop, `${shop}?size=3`, `${shop}?utm_medium=email&utm_source=mailing`, `${shop}?q=phone+case`, `${shop}?gclid=Xy_1-z#/cart`])
    assert.equal(told('url', url, true), url);
});

test('of somebody who may not be told apart only the campaign stays, and of a click only its kind', () => {
  assert.equal(told('url', `${shop}?utm_source=bing&msclkid=person&email=a`, false), `${shop}?utm_source=bing&msclkid&`);
  assert.equal(told('referrer', 'https://www.example.org/?id=7&b=2', false), 'https://www.example.org/?&');
  assert.equal(told('title', 'Who?', false), 'Who?');
});

test('hostile addresses take no time', () => {
  told('url', `${shop}?${'mail'.repeat(100_000)}`, true);
  told('url', `${shop}?${'a&'.repeat(100_000)}`, true);
  told('url', `${shop}?${'clk'.repeat(20_000)}`, false);
});
