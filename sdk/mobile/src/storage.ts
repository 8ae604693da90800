type Soon<T> = T | Promise<T>;

/**
 * Where the SDK keeps what must not get lost. Bring your own: `asyncStorage(AsyncStorage)`, `mmkv(createMMKV())`, or these
 * four functions of anything else. What they give or fulfil is on the device; they may throw.
 */
export interface Storage {
  /** The names of all that is in it, other people's too. */
  names(): Soon<readonly string[]>;
  /** The texts of these names; of what is not there, nothing or null. */
  read(names: string[]): Soon<Record<string, string | null | undefined>>;
  /** Writes all of them: at once where that is possible, else in this order. */
  write(texts: Record<string, string>): Soon<unknown>;
  remove(names: string[]): Soon<unknown>;
}

/** What the SDK uses of AsyncStorage, from version 3 on. */
interface Many {
  getAllKeys(): Promise<readonly string[]>;
  getMany(names: string[]): Promise<Record<string, string | null>>;
  setMany(texts: Record<string, string>): Promise<void>;
  removeMany(names: string[]): Promise<void>;
}

/** The same up to version 2. */
interface Multi {
  getAllKeys(): Promise<readonly string[]>;
  multiGet(names: string[]): Promise<readonly (readonly [string, string | null])[]>;
  multiSet(texts: [string, string][]): Promise<void>;
  multiRemove(names: string[]): Promise<void>;
}

/** Names in one call: some versions of Android's SQLite take no more than 999. */
const PART = 500;

const parts = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / PART) }, (_, part) => list.slice(part * PART, (part + 1) * PART));

/** Keeps in `@react-native-async-storage/async-storage`, of any version. */
export function asyncStorage(storage: Many | Multi): Storage {
  const many: Omit<Many, 'getAllKeys'> =
    'getMany' in storage
      ? storage
      : {
          getMany: async (names) => Object.fromEntries(await storage.multiGet(names)),
          setMany: (texts) => storage.multiSet(Object.entries(texts)),
          removeMany: (names) => storage.multiRemove(names),
        };
  return {
    names: () => storage.getAllKeys(),
    async read(names) {
      const found = {};
      for (const part of parts(names)) Object.assign(found, await many.getMany(part));
      return found;
    },
    async write(texts) {
      for (const part of parts(Object.entries(texts))) await many.setMany(Object.fromEntries(part));
    },
    async remove(names) {
      for (const part of parts(names)) await many.removeMany(part);
    },
  };
}

/** What the SDK uses of an instance of MMKV; `remove` was called `delete` up to version 3. */
interface Mmkv {
  getAllKeys(): string[];
  getString(name: string): string | undefined;
  set(name: string, text: string): void;
  remove?(name: string): unknown;
  delete?(name: string): unknown;
}

/** Keeps in `react-native-mmkv`, of any version. */
export const mmkv = (storage: Mmkv): Storage => ({
  names: () => storage.getAllKeys(),
  read: (names) => Object.fromEntries(names.map((name) => [name, storage.getString(name)])),
  write: (texts) => Object.entries(texts).forEach(([name, text]) => storage.set(name, text)),
  remove: (names) => names.forEach((name) => (storage.remove ? storage.remove(name) : storage.delete!(name))),
});
