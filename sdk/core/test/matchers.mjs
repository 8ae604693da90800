// What a case expects of a value: sdk/contract/cases/README.md has the list.
import assert from 'node:assert/strict';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const there = (value, path) => assert.ok(value !== undefined && value !== null, `${path} is not there`);

const MATCHERS = {
  $any: (_, found, path) => there(found, path),
  $absent: (_, found, path) => assert.ok(found === undefined || found === null, `${path} is ${JSON.stringify(found)}`),
  $as: (name, found, path, bound) => {
    there(found, path);
    bound[name] ??= found;
    assert.equal(found, bound[name], path);
  },
  $not_as: (name, found, path, bound) => {
    there(found, path);
    assert.ok(name in bound, `${name} was never seen`);
    assert.notEqual(found, bound[name], path);
  },
  $unlike: (value, found, path) => {
    there(found, path);
    assert.notEqual(found, value, path);
  },
  $more_than: (name, found, path, bound) => assert.ok(found > bound[name], `${path}: ${found} is not above ${bound[name]}`),
  $from: (least, found, path) => assert.ok(found >= least, `${path}: ${found} is below ${least}`),
  $to: (most, found, path) => assert.ok(found <= most, `${path}: ${found} is above ${most}`),
  $uuid: (version, found, path) => assert.equal(UUID.exec(found)?.[1], `${version}`, `${path}: ${found}`),
  $moment: (moment, found, path, _, { $within_ms = 0 }) => {
    const off = Math.abs(new Date(found).getTime() - Date.parse(moment));
    assert.ok(off <= $within_ms, `${path}: ${found} is ${off} ms from ${moment}`);
  },
  $within_ms: () => {},
};

/** Throws unless `found` is what is expected; `bound` keeps what `$as` has seen. */
export function match(expected, found, path, bound) {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(found), `${path} is no list`);
    assert.equal(found.length, expected.length, `${path}: ${JSON.stringify(found.map((one) => one.type ?? one))}`);
    expected.forEach((one, place) => match(one, found[place], `${path}[${place}]`, bound));
  } else if (expected && typeof expected == 'object') {
    const names = Object.keys(expected);
    if (names.some((name) => name.startsWith('$'))) {
      // $not_as first: `{"$as": "second", "$not_as": "first"}` binds what is not the first.
      for (const name of names.sort().reverse()) {
        assert.ok(MATCHERS[name], `unknown matcher ${name}`);
        MATCHERS[name](expected[name], found, path, bound, expected);
      }
    } else {
      there(found, path);
      for (const name of names) match(expected[name], found[name], `${path}.${name}`, bound);
    }
  } else assert.deepEqual(found, expected, path);
}
