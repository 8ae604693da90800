import { AppState, Linking } from 'react-native';
import { allowed } from '../../../core/src/consent.js';
import { storage } from '../../../core/src/installation.js';
import { record } from '../../../core/src/record.js';
import { at } from '../api.js';
import { arrived, campaignOf, parameters } from '../arrival.js';
import { TEXTS } from '../keeping.js';
import { follows, opens, settleOpening } from '../opening.js';
import type { Feature } from '../start.js';
import { onGrant, tellFirst } from '../surroundings.js';

/** What only the app knows of itself. */
export interface App {
  /** Its version, as people know it: `2.4.0`. Without it nothing is told of updates. */
  version?: string | undefined;
  /**
   * Gives what the store says of where the installation came from (`utm_source=…&utm_medium=…`): Google's Play Install
   * Referrer, by a module of your own. Asked once, after the installation.
   */
  installReferrer?: () => Promise<string | null | undefined>;
}

/** Milliseconds that the telling of an installation waits for where it came from. */
const REFERRER_MS = 3000;

/** What is remembered of the app. Its names are short and fixed: it rests on people's devices. */
interface History {
  /** the installation was told of */
  i?: boolean;
  /** version */
  v?: string | undefined;
  /** it is at the front */
  f?: boolean;
  /** the kind of error that ended it */
  e?: string | undefined;
}

/** React Native's place for errors that nobody caught. */
interface Errors {
  getGlobalHandler(): (error: unknown, fatal?: boolean) => void;
  setGlobalHandler(handle: (error: unknown, fatal?: boolean) => void): void;
}

const place = (): string => `${storage}:app`;

function remembered(): History | undefined {
  try {
    return JSON.parse(TEXTS[place()]!);
  } catch {
    return undefined;
  }
}

/** Only with consent: what cannot be remembered is not told either, or every start would be the first. */
function remember(change: History): void {
  if (allowed()) TEXTS[place()] = JSON.stringify({ ...remembered(), ...change });
}

/** The error that ends the app: its kind, never its words, which may tell of a person. */
function watchErrors(): void {
  const errors = (globalThis as { ErrorUtils?: Errors }).ErrorUtils;
  const before = errors?.getGlobalHandler();
  errors?.setGlobalHandler((error, fatal) => {
    if (fatal) remember({ e: error instanceof Error ? error.name : typeof error });
    before?.(error, fatal);
  });
}

const versioned = (version: string | undefined): object => (version ? { context: { app_version: version } } : {});

/** Tells of the installation, at its time, once it is known where it came from. */
async function tellInstallation({ version, installReferrer }: App): Promise<void> {
  const now = Date.now();
  const late = new Promise<undefined>((done) => setTimeout(done, REFERRER_MS));
  const referrer = installReferrer && (await Promise.race([installReferrer().catch(() => undefined), late]));
  const campaign = referrer ? campaignOf(parameters(referrer)) : undefined;
  if (!allowed()) return;
  at(now, () => record('app_installed', { ...versioned(version), ...(campaign && { campaign }) }));
  remember({ i: true, v: version });
}

/** What happened since the app last ran. */
function tellHistory(app: App): void {
  const before = remembered();
  if (before?.f) record('app_crashed', { properties: { version: before.v, error: before.e } });
  remember({ e: undefined });
  if (!before?.i) void tellInstallation(app);
  else if (app.version && app.version != before.v) {
    record('app_updated', { ...versioned(app.version), properties: { previous_version: before.v } });
    remember({ v: app.version });
  }
}

/**
 * Tells of the app's life: `app_installed`, `app_updated`, `app_opened` at each coming to the front, with the link that led there
 * and its campaign, `app_backgrounded`, and `app_crashed` where it ended at the front last time.
 */
export const lifecycle = (app: App = {}): Feature => async () => {
  let front = false;
  let since = 0;
  let told = false;
  const history = (): void => {
    if (!allowed()) return;
    // Who says no and yes again installs nothing.
    if (told) remember({ i: true, v: app.version });
    else tellHistory(app);
    told = true;
    remember({ f: front });
  };
  const forward = (): void => {
    front = true;
    since = performance.now();
    remember({ f: true });
    opens();
  };

  tellFirst(settleOpening);
  watchErrors();
  onGrant(history);
  Linking.addEventListener('url', ({ url }) => follows(url, front));
  AppState.addEventListener('change', (state) => {
    if (state == 'active' && !front) forward();
    if (state != 'background' || !front) return;
    settleOpening();
    front = false;
    record('app_backgrounded', { properties: { foreground_ms: Math.round(performance.now() - since) } });
    arrived(null);
    remember({ f: false });
  });

  const url = await Linking.getInitialURL();
  if (url) follows(url, false);
  history();
  if (AppState.currentState != 'background') forward();
};
