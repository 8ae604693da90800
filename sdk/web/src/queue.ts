import { allowed } from './consent.js';
import { storage } from './installation.js';

/** A touchpoint that waits, ready to be sent. Without a `visitor_id` it is nobody's, and never stored. */
export interface Waiting {
  id: string;
  visitor_id?: string;
}

/** Old versions of Safari sometimes never answer when a database is opened; nor do we wait for an error. */
const OPEN_MS = 3000;

/** Touchpoints that one look at the device reads. */
const LOOK = 200;

/** What this page added since it last looked at the device, and what it could not store. */
const held: Record<string, Waiting> = {};

/** What of it is on the device: at the next look it is there, or another tab has sent it. */
const stored: Waiting[] = [];

let database: Promise<IDBDatabase> | undefined;

const open = (): Promise<IDBDatabase> =>
  (database ||= new Promise((resolve, reject) => {
    setTimeout(reject, OPEN_MS);
    const request = indexedDB.open(storage);
    request.onupgradeneeded = () => request.result.createObjectStore(storage, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
  }));

/**
 * One transaction; undefined where nothing may or can be stored. They run in the order in which they were asked for,
 * so a look sees every earlier write.
 */
async function transact<T>(work: (store: IDBObjectStore) => IDBRequest<T> | void): Promise<T | void> {
  try {
    // Lets an earlier clear() delete the database before it is opened anew.
    await 0;
    const transaction = (await (allowed() && open()) as IDBDatabase).transaction(storage, 'readwrite');
    return await new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(storage));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = reject;
      // Without it, a page that is left in this moment takes the write with it.
      transaction.commit?.();
    });
  } catch {}
}

const release = (touchpoints: Waiting[]): void => touchpoints.forEach((one) => delete held[one.id]);

export async function add(touchpoint: Waiting): Promise<void> {
  held[touchpoint.id] = touchpoint;
  if (touchpoint.visitor_id && (await transact((store) => store.put(touchpoint)))) stored.push(touchpoint);
}

/** What this page holds of people that may be told apart, or of those that may not: never both in one request. */
export const inMemory = (nobody: boolean): Waiting[] => Object.values(held).filter((one) => nobody == !one.visitor_id);

/** The oldest of what waits: on the device, where other tabs and earlier pages put theirs too, then in memory. */
export async function oldest(): Promise<Waiting[]> {
  const found = (await transact<Waiting[]>((store) => store.getAll(null, LOOK))) || [];
  release(stored.splice(0));
  return found.concat(inMemory(false));
}

export function remove(touchpoints: Waiting[]): Promise<void> {
  release(touchpoints);
  return transact((store) => touchpoints.forEach((one) => store.delete(one.id)));
}

/** Deletes what belongs to somebody, from memory and from the device. */
export async function clear(): Promise<void> {
  release(inMemory(false));
  const closing = database;
  database = undefined;
  (await closing)?.close();
  indexedDB.deleteDatabase(storage);
}
