/** Screens of Expo Router: `useScreens()` in the root layout. */
import { usePathname, useSegments } from 'expo-router';
import { useEffect } from 'react';
import { screen, type Naming } from './features/screens.js';

export type { Naming } from './features/screens.js';

/** A place in the app: the route's pattern, such as `/product/[id]`, and the path that is shown, such as `/product/43`. */
export interface Place {
  readonly pattern: string;
  readonly path: string;
}

/**
 * Tells of each screen that Expo Router shows, under its pattern: a path may name people. Groups, `(tabs)`, are no part of
 * it. A change of the path is another screen, also of the same pattern; of the query it is not.
 */
export function useScreens({ name = (place) => place.pattern, kind }: Naming<Place> = {}): void {
  const segments = useSegments();
  const path = usePathname();
  useEffect(() => {
    const pattern = `/${segments.filter((one) => !/^\(.*\)$/.test(one)).join('/')}`;
    const told = name({ pattern, path });
    if (told) screen(told, kind?.({ pattern, path }));
  }, [path]);
}
