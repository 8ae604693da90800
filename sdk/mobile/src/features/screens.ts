import { track } from '../../../core/src/api.js';
import type { Fields } from '../../../core/src/touchpoint.js';
import { soon } from '../api.js';
import type { Feature } from '../start.js';
import { show, tellFirst } from '../surroundings.js';

/** A place in the app, by its name among the routes. Parameters are never told by themselves: they may name people. */
export interface Route {
  readonly key: string;
  readonly name: string;
  readonly params?: object | undefined;
}

/** Milliseconds between a change of route and its telling: a navigator within a screen appears after that screen. */
const NESTED_MS = 100;

/** What is called how, where routes do not say it. */
export interface Naming<R = Route> {
  /** The name that is told; undefined: this screen is not told. */
  name?: (route: R) => string | undefined;
  /** What kind of screen it is, in the words of the phase rules: product, category, cart, checkout … */
  kind?: (route: R) => string | undefined;
}

/** What the SDK uses of React Navigation's container: `createNavigationContainerRef()`, or the same from its hook. */
export interface Navigation {
  isReady(): boolean;
  getCurrentRoute(): Route | undefined;
  addListener(type: 'ready' | 'state' | 'options', heard: () => void): unknown;
}

/** Tells of a screen (`screen_view`); what happens next happens on it. */
export const screen = (name: string, kind?: string, fields?: Fields): void => soon(() => see(name, kind, fields));

function see(name: string, kind?: string, fields?: Fields): void {
  track('screen_view', { ...fields, screen: show(kind ? { name, kind } : { name }) });
}

/** Tells of each screen that React Navigation shows. A change of its parameters is still the same screen. */
export const screens = (navigation: Navigation, { name = (route) => route.name, kind }: Naming = {}): Feature => () => {
  let seen: string | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    if (!waiting) return;
    clearTimeout(waiting);
    waiting = undefined;
    const route = navigation.isReady() ? navigation.getCurrentRoute() : undefined;
    if (!route || route.key == seen) return;
    seen = route.key;
    const told = name(route);
    if (told) see(told, kind?.(route));
  };
  const moved = (): void => void (waiting ??= setTimeout(() => guarded(look), NESTED_MS));
  tellFirst(() => guarded(look));
  // Versions before 7 have no `ready`; their first screen is heard of by its options.
  for (const type of ['ready', 'state', 'options'] as const) navigation.addListener(type, moved);
  moved();
};

/** An error of a naming function never reaches the navigation. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    console.warn('klantreis', error);
  }
}
