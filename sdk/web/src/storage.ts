import { storage } from '../../core/src/installation.js';
import type { Waiting } from '../../core/src/queue.js';

/**
 * Old versions of Safari sometimes never answer when a database is opened; nor do we wait for an error. One that opens
 * later, on a disk that stood still, is used from then on.
 */
const OPEN_MS = 3000;

/** The database, and the end of our patience with it. */
let opening: [Promise<IDBDatabase>, Promise<undefined>] | undefined;

const open = (): Promise<IDBDatabase | undefined> =>
  Promise.race(
    (opening ||= [
      new Promise((resolve) => {
        const request = indexedDB.open(storage);
        request.onupgradeneeded = () => request.result.createObjectStore(storage);
        request.onsuccess = () => resolve(request.result);
      }),
      new Promise((late) => setTimeout(late, OPEN_MS)),
    ]),
  );

/**
 * One transaction; undefined where nothing can be stored. They run in the order in which they were asked for,
 * so a look sees every earlier write.
 */
async function transact<T>(work: (store: IDBObjectStore) => IDBRequest<T> | void): Promise<T | void> {
  try {
    const transaction = (await open())!.transaction(storage, 'readwrite');
    const request = work(transaction.objectStore(storage));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
      // Without it, a page that is left in this moment takes the write with it.
      transaction.commit?.();
    });
    return request?.result;
  } catch {}
}

export const put = (one: Waiting): Promise<unknown> =>
  transact((store) => store.put(one, one.id));

export const all = (): Promise<Waiting[] | void> =>
  transact<Waiting[]>((store) => store.getAll());

export const remove = (touchpoints: Waiting[]): Promise<unknown> =>
  transact((store) => touchpoints.forEach((one) => store.delete(one.id)));

export function clear(): void {
  try {
    delete localStorage[storage];
    // The browser does it when the connection is closed, also one that is being opened, and opens none before.
    indexedDB.deleteDatabase(storage);
    opening?.[0].then((closing) => closing.close());
    opening = undefined;
  } catch {}
}
