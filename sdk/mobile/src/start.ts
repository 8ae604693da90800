import { AppState } from 'react-native';
import { begin } from '../../core/src/api.js';
import { flush as send, retry } from '../../core/src/delivery.js';
import type { Installation } from '../../core/src/installation.js';
import { use } from '../../core/src/record.js';
import { ready, timely } from './api.js';
import { open, stored } from './keeping.js';
import type { Storage } from './storage.js';
import { first } from './surroundings.js';

/** How the SDK is installed in an app. */
export interface AppInstallation extends Installation {
  /** Where touchpoints are kept until they are sent: `asyncStorage(AsyncStorage)`, `mmkv(createMMKV())` or your own. */
  storage: Storage;
}

/** Something that the SDK tells of by itself. What is not named is not in your bundle. */
export type Feature = () => unknown;

/** Milliseconds that all features together have to look around before anything is told. */
const LOOK_MS = 1000;

let starting: Promise<void> | undefined;

/**
 * Begins, with the features given. Calls that come earlier wait for it, in order. A second call does nothing, so components
 * may call it whenever they appear. Fulfilled once what earlier programs left on the device has been taken up. Raises a
 * TypeError without `key`, `endpoint` or `storage`.
 */
export function start(installation: AppInstallation, ...features: Feature[]): Promise<void> {
  for (const needed of ['key', 'endpoint', 'storage'] as const)
    if (!installation[needed]) throw new TypeError(`klantreis: start({ ${needed} }) is missing; docs/mobile.md says what belongs there`);
  return (starting ||= begun(installation, features));
}

async function begun(installation: AppInstallation, features: Feature[]): Promise<void> {
  await open(installation.storage, `klantreis:${installation.key}`);
  use(timely);
  begin(installation);
  AppState.addEventListener('change', (state) => {
    if (state == 'active') retry();
    // Last of all listeners, so that what the features tell of going away still goes with it.
    else if (state == 'background') void Promise.resolve().then(() => (first(), send()));
  });
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, LOOK_MS)));
  // One after the other: how the app was opened comes before the screen that it shows.
  for (const feature of features) await Promise.race([safely(feature), late]);
  clearTimeout(timer);
  ready();
}

/** An error of ours never reaches the app. */
async function safely(feature: Feature): Promise<void> {
  try {
    await feature();
  } catch (error) {
    console.warn('klantreis', error);
  }
}

/** Sends what waits, as far as it need not wait longer. Fulfilled once everything told so far is on the device and that was tried. */
export async function flush(): Promise<void> {
  await kept();
  await send();
}

/** Fulfilled once everything told so far is on the device, as far as the person allowed it and the storage takes it. */
export async function kept(): Promise<void> {
  await starting;
  first();
  await stored();
}
