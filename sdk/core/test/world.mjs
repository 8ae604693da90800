// A device, its clocks and its network, in the hands of a test. Time stands still until `pass` says otherwise.

/** Turns of the event loop after which nothing that was begun is still going on. */
const settled = async () => {
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
};

export class World {
  texts = {};
  stored = new Map();
  refusals = {};
  warnings = [];
  campaign = null;
  network = 'accepts';
  requests = [];
  accepted = [];
  #clock;
  #steady = 1_000;
  #timers = [];
  #life = 0;
  #turn = Promise.resolve();

  constructor(clock) {
    this.#clock = Date.parse(clock) - this.#steady;
  }

  now = () => this.#clock + this.#steady;

  setClock(clock) {
    this.#clock = Date.parse(clock) - this.#steady;
  }

  wipe() {
    for (const name in this.texts) delete this.texts[name];
    this.stored.clear();
  }

  /** Ids of the touchpoints that are on the device. */
  waiting = () => [...this.stored.keys()];

  /** The names of all that is on the device. */
  rests = () => [...Object.keys(this.texts), ...this.stored.keys()];

  /** Whatever still ran is gone; with `device` the clock that nobody can set begins anew. */
  end(device) {
    this.#life++;
    this.#timers = [];
    this.#turn = Promise.resolve();
    if (device) {
      this.#clock += this.#steady - 5;
      this.#steady = 5;
    }
  }

  alone(work) {
    this.#turn = this.#turn.then(work);
    return this.#turn;
  }

  /** What a program takes for Date, performance, timers and network; dead once the program has ended. */
  world() {
    const life = this.#life;
    const device = this;
    class TheDate extends Date {
      static now = () => device.now();
    }
    return {
      Date: TheDate,
      performance: { now: () => device.#steady },
      setTimeout: (work, ms = 0) => {
        const timer = { work, at: device.#steady + Math.max(0, ms || 0) };
        if (life == device.#life) device.#timers.push(timer);
        return timer;
      },
      clearTimeout: (timer) => (device.#timers = device.#timers.filter((one) => one != timer)),
      fetch: (url, { body }) => (life == device.#life ? device.#answer(body) : new Promise(() => {})),
    };
  }

  async pass(ms) {
    await settled();
    const until = this.#steady + ms;
    for (;;) {
      const next = this.#timers.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one != next);
      this.#steady = Math.max(this.#steady, next.at);
      next.work();
      await settled();
    }
    this.#steady = until;
  }

  async #answer(text) {
    const body = JSON.parse(text);
    const request = { body, bytes: Buffer.byteLength(text), at: this.#steady, moment: this.now() };
    this.requests.push(request);
    const told = this.network;
    if (told == 'away') throw new TypeError('away');
    const given = typeof told == 'object' && body.touchpoints.length > (told.above_touchpoints ?? 0) ? told : null;
    if (!given) {
      this.accepted.push(request);
      if (told == 'answer_lost') throw new TypeError('lost');
    } else if (given.status < 300 && typeof given.body == 'object' && given.body.rejected) this.accepted.push(request);
    const { status, headers, body: said } = given ?? { status: 202, body: { accepted: body.touchpoints.length, rejected: [] } };
    return new Response(typeof said == 'string' ? said : JSON.stringify(said ?? {}), { status, headers });
  }
}
