// Runs the shared cases of a kind against an SDK in TypeScript. What it does not understand fails.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { match } from './matchers.mjs';
import { World } from './world.mjs';

const folder = fileURLToPath(new URL('../../contract/cases/', import.meta.url));
const LIMITS = { queue_touchpoints: 'QUEUE_TOUCHPOINTS', batch_touchpoints: 'BATCH_TOUCHPOINTS', batch_bytes: 'BATCH_BYTES' };

/** The value with `given` where `$name` stands, or its member where `$name.member` does. */
function filled(value, name, given) {
  if (value === `$${name}`) return given;
  if (typeof value == 'string' && value.startsWith(`$${name}.`)) return given[value.slice(name.length + 2)];
  if (Array.isArray(value)) return value.map((one) => filled(one, name, given));
  if (value && typeof value == 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, name, given)]));
  return value;
}

/** Fields as they are told the nth time. */
function made(value, number) {
  if (value === '$number') return number;
  if (value?.$text) return value.$text.repeat(value.$length);
  if (value && typeof value == 'object' && !Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, made(one, number)]));
  return value;
}

class Run {
  constructor(program, TheWorld, start = {}) {
    this.program = program;
    this.start = start;
    this.limits = Object.fromEntries(Object.entries(start.settings ?? {}).map(([name, value]) => [LIMITS[name], value]));
    this.world = new TheWorld(start.clock ?? '2030-05-31T12:00:00Z');
    this.order = new Map();
    this.bound = {};
    this.looked = 0;
  }

  async begin() {
    this.core = await this.program(this.world, this.limits);
    const { core, order } = this;
    core.use((touchpoint) => {
      order.set(touchpoint.id, order.size);
      return touchpoint;
    });
    core.begin({ key: 'k', endpoint: 'https://collector.example', consent: this.start.consent });
    await this.world.pass(0);
  }

  steps = {
    track: ({ track, fields, times = 1 }) => {
      for (let number = 0; number < times; number++) this.core.track(track, fields && made(fields, number));
    },
    identify: ({ identify, fields }) => this.core.identify(identify, fields),
    consent: ({ consent }) => this.core.consent(consent),
    forget: () => this.core.forget(),
    arrive: ({ arrive }) => this.core.arrive(arrive),
    wait_ms: ({ wait_ms }) => this.world.pass(wait_ms),
    set_clock: ({ set_clock }) => this.world.setClock(set_clock),
    network: ({ network }) => (this.world.network = network),
    restart: async ({ restart }) => {
      assert.ok(['program', 'killed', 'device'].includes(restart), restart);
      await this.world.pass(0);
      if (restart == 'program') this.core.leave();
      this.world.end(restart == 'device');
      await this.begin();
    },
    expect: async ({ expect }) => {
      await this.world.pass(0);
      for (const [name, wanted] of Object.entries(expect)) {
        assert.ok(this.expectations[name], `unknown expectation ${name}`);
        this.expectations[name](wanted);
      }
    },
  };

  expectations = {
    accepted: (wanted) => {
      const distinct = new Map(this.world.accepted.flatMap(({ body }) => body.touchpoints).map((one) => [one.id, one]));
      const found = [...distinct.values()].sort((a, b) => this.order.get(a.id) - this.order.get(b.id));
      this.match(wanted, Array.isArray(wanted) ? found : found.length, 'accepted');
    },
    repeats: (wanted) => {
      const ids = this.world.accepted.flatMap(({ body }) => body.touchpoints.map(({ id }) => id));
      this.match(wanted, ids.length - new Set(ids).size, 'repeats');
    },
    requests: (wanted) => {
      const since = this.world.requests.slice(this.looked);
      this.looked = this.world.requests.length;
      if (!Array.isArray(wanted)) return this.match(wanted, since.length, 'requests');
      const found = since.map(({ body }) => ({ ...body, touchpoints: body.touchpoints.length, first: body.touchpoints[0] }));
      this.match(wanted, found, 'requests');
    },
    last_request: (wanted) => this.match(wanted, this.world.requests.at(-1).body, 'last_request'),
    request_bytes: (most) => {
      for (const { bytes, body } of this.world.requests) assert.ok(bytes <= most || body.touchpoints.length == 1, `${bytes} bytes`);
    },
    mixed_requests: () => {
      for (const { body } of this.world.requests) assert.equal(new Set(body.touchpoints.map((one) => !one.visitor_id)).size, 1);
    },
    spacing_ms: ({ first, last }) => {
      const at = this.world.requests.map((one) => one.at);
      this.match(first, at[1] - at[0], 'first wait');
      this.match(last, at.at(-1) - at.at(-2), 'last wait');
    },
    sent_at: () => {
      for (const { body, moment } of this.world.requests) assert.equal(body.sent_at, moment);
    },
    told_dropped: (wanted) => this.match(wanted, this.world.accepted.reduce((sum, { body }) => sum + (body.dropped ?? 0), 0), 'told_dropped'),
    dropped: (wanted) => this.match(wanted, this.core.dropped, 'dropped'),
    waiting: (wanted) => {
      const held = this.core.inMemory().map(({ id }) => id);
      this.match(wanted, new Set([...this.world.waiting(), ...held]).size, 'waiting');
    },
    device: () => assert.deepEqual(this.world.rests(), [], 'on the device'),
  };

  match(wanted, found, path) {
    match(wanted, found, path, this.bound);
  }
}

/**
 * Makes a test of each case of the kind. `program(world, limits)` starts an SDK on that device. Says how many there are.
 */
export function runCases(kind, program, TheWorld = World) {
  let count = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json') && name != 'cases.schema.json')) {
    const { topic, cases } = JSON.parse(readFileSync(folder + file, 'utf8'));
    for (const one of cases.filter(({ kinds }) => kinds.includes(kind))) {
      const [name, values] = Object.entries(one.each ?? { '': [null] })[0];
      for (const value of values) {
        count++;
        test(`${topic}: ${one.name}${name && ` [${JSON.stringify(value)}]`}`, async () => {
          const { start, steps } = filled(one, name, value);
          const run = new Run(program, TheWorld, start);
          await run.begin();
          for (const step of steps) {
            const verb = Object.keys(step).find((key) => run.steps[key]);
            assert.ok(verb, `unknown step ${JSON.stringify(step)}`);
            await run.steps[verb](step);
          }
        });
      }
    }
  }
  test(`there are ${count} cases for ${kind}`, () => assert.ok(count >= 50, `${count}`));
}
