/**
 * What is kept on the device: the touchpoints that wait, one entry each, and a few texts (visitor and visit, the app's
 * version). All of it is read once, at the start: no other program writes it. Changes are gathered while the last ones are
 * being written, and go together, what says whose a touchpoint is before the touchpoint; so a kill at any moment leaves a
 * whole number of touchpoints, and no number of the sequence that is given out again.
 */
import type { Waiting } from '../../core/src/queue.js';
import type { Storage } from './storage.js';

/** Milliseconds after which storage that does not answer is done without, until the next start. */
const OPEN_MS = 3000;

/** Milliseconds until removing all is tried again. */
const AGAIN_MS = 10_000;

let storage: Storage | undefined;
let prefix: string;

const waiting = new Map<string, Waiting>();
let texts: Record<string, string> = {};

/** What is to be written next: by name the new text; null removes. */
let changes = new Map<string, string | null>();
/** Whether everything else is to be removed first, and how often that was asked for. */
let wiping = false;
let wipes = 0;

/** The write that is going on, or the last one; true where it succeeded. */
let current = Promise.resolve(true);
/** The one that begins after it and takes all changes until then. */
let next: Promise<boolean> | undefined;

const nameOf = (id: string): string => `${prefix}:t:${id}`;
const ours = (names: readonly string[]): string[] => names.filter((name) => name == prefix || name.startsWith(`${prefix}:`));

/** The small store of texts that the core reads and writes at once. */
export const TEXTS: Record<string, string> = new Proxy({} as Record<string, string>, {
  get: (_, name: string) => texts[name],
  set: (_, name: string, text: string) => {
    texts[name] = text;
    change(name, text);
    return true;
  },
});

/** Takes up what earlier programs kept below this name. Never throws: without storage all is kept in memory. */
export async function open(where: Storage, below: string): Promise<void> {
  prefix = below;
  let timer;
  try {
    const late = new Promise<never>((_, refuse) => (timer = setTimeout(() => refuse(new Error('storage does not answer')), OPEN_MS)));
    take(await Promise.race([load(where), late]));
    storage = where;
  } catch (error) {
    console.warn('klantreis', error);
  }
  clearTimeout(timer);
}

const load = async (where: Storage): Promise<Record<string, string | null | undefined>> => where.read(ours(await where.names()));

function take(found: Record<string, string | null | undefined>): void {
  const touchpoints: (Waiting & { sequence?: number })[] = [];
  for (const [name, text] of Object.entries(found)) {
    if (!text) continue;
    if (name.startsWith(nameOf('')))
      try {
        touchpoints.push(JSON.parse(text));
      } catch {
        changes.set(name, null);
      }
    else texts[name] = text;
  }
  // Ids of one millisecond come in any order, and clocks are set back; the sequence only rises.
  touchpoints.sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0));
  for (const one of touchpoints) waiting.set(one.id, one);
}

function change(name: string, text: string | null): Promise<boolean> {
  changes.set(name, text);
  return write();
}

const write = (): Promise<boolean> =>
  (next ||= current.then(() => {
    current = next!;
    next = undefined;
    return writeNow();
  }));

async function writeNow(): Promise<boolean> {
  const [these, wipe] = [changes, wiping];
  changes = new Map();
  wiping = false;
  const written: Record<string, string> = {};
  const removed: string[] = [];
  for (const [name, text] of these) text === null ? removed.push(name) : (written[name] = text);
  try {
    if (!storage) return false;
    if (wipe) removed.push(...ours(await storage.names()));
    if (removed[0]) await storage.remove(removed);
    if (Object.keys(written)[0]) await storage.write(written);
    return true;
  } catch (error) {
    console.warn('klantreis', error);
    if (wipe) {
      // Who took a yes back is not remembered because a storage failed once.
      wiping = true;
      setTimeout(() => wiping && write(), AGAIN_MS);
    }
    return false;
  }
}

export async function put(one: Waiting): Promise<unknown> {
  const before = wipes;
  const done = await change(nameOf(one.id), JSON.stringify(one));
  // Unless it was removed while it was being written.
  if (done && before == wipes && changes.get(nameOf(one.id)) !== null) waiting.set(one.id, one);
  return done;
}

/** What waits on the device, once all that was told is there. */
export async function all(): Promise<Waiting[]> {
  await stored();
  return [...waiting.values()];
}

export function remove(touchpoints: Waiting[]): Promise<unknown> {
  for (const { id } of touchpoints) {
    waiting.delete(id);
    changes.set(nameOf(id), null);
  }
  return write();
}

/** Removes all that is kept; what is told from now on is kept anew. */
export async function clear(): Promise<void> {
  texts = {};
  waiting.clear();
  changes.clear();
  wiping = true;
  wipes++;
  await write();
}

/** Fulfilled once everything that was told so far is on the device, as far as it may be and the storage takes it. */
export const stored = async (): Promise<void> => void (await (next ?? current));
