// AsyncStorage on the real disk, with the functions of version 3: a file of lines, each one change, none half taken.
import { appendFileSync, closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';

export class DiskStorage {
  #texts = new Map();
  #file;
  #lag;

  /** What stands in this file, made where it is missing. `lag` is waited for before and after each change. */
  constructor(path, lag = async () => {}) {
    this.#file = openSync(path, 'a+');
    this.#lag = lag;
    const whole = readFileSync(path, 'utf8');
    const lines = whole.split('\n');
    // What was being appended when the program was killed was never fulfilled.
    const torn = lines.pop();
    if (torn) ftruncateSync(this.#file, Buffer.byteLength(whole) - Buffer.byteLength(torn));
    lines.forEach((line) => this.#take(JSON.parse(line)));
  }

  /** The program ends: nothing of it is written or fulfilled any more. */
  end() {
    closeSync(this.#file);
    this.#lag = () => new Promise(() => {});
  }

  names = () => [...this.#texts.keys()];

  getAllKeys = async () => this.names();

  getMany = async (names) => Object.fromEntries(names.map((name) => [name, this.#texts.get(name) ?? null]));

  setMany = (texts) => this.#change({ set: Object.entries(texts), remove: [] });

  removeMany = (names) => this.#change({ set: [], remove: names });

  async #change(change) {
    await this.#lag();
    appendFileSync(this.#file, `${JSON.stringify(change)}\n`);
    this.#take(change);
    await this.#lag();
  }

  #take({ set, remove }) {
    set.forEach(([name, text]) => this.#texts.set(name, text));
    remove.forEach((name) => this.#texts.delete(name));
  }
}
