import { storage } from '../../core/src/installation.js';
import type { Waiting } from '../../core/src/queue.js';

/** Old versions of Safari sometimes never answer when a database is opened; nor do we wait for an error. */
const OPEN_MS = 3000;

let database: Promise<IDBDatabase> | undefined;

const open = (): Promise<IDBDatabase> =>
  (database ||= new Promise((resolve, reject) => {
    setTimeout(reject, OPEN_MS);
    const request = indexedDB.open(storage);
    request.onupgradeneeded = () => request.result.createObjectStore(storage);
    request.onsuccess = () => resolve(request.result);
  }));

/**
 * One transaction; undefined where nothing can be stored. They run in the order in which they were asked for,
 * so a look sees every earlier write.
 */
async function transact<T>(work: (store: IDBObjectStore) => IDBRequest<T> | void): Promise<T | void> {
  try {
    // Lets an earlier clear() delete the database before it is opened anew.
    await 0;
    const transaction = (await open()).transaction(storage, 'readwrite');
    return await new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(storage));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = reject;
      // Without it, a page that is left in this moment takes the write with it.
      transaction.commit?.();
    });
  } catch {}
}

export const put = (one: Waiting): Promise<unknown> =>
  transact((store) => store.put(one, one.id));

export const all = (): Promise<Waiting[] | void> =>
  transact<Waiting[]>((store) => store.getAll());

export const remove = (touchpoints: Waiting[]): Promise<unknown> =>
  transact((store) => touchpoints.forEach((one) => store.delete(one.id)));

export async function clear(): Promise<void> {
  const closing = database;
  database = undefined;
  try {
    delete localStorage[storage];
    (await closing)?.close();
    indexedDB.deleteDatabase(storage);
  } catch {}
}
