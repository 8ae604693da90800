import { use } from '../../../core/src/record.js';
import type { Touchpoint } from '../../../core/src/touchpoint.js';

/** Listens before the page does, whatever it stops. An error of ours never reaches it. */
export function on<E extends Event>(target: EventTarget, names: string, heard: (event: E) => void): void {
  for (const name of names.split(' '))
    target.addEventListener(
      name,
      (event) => {
        try {
          heard(event as E);
        } catch (error) {
          console.warn('klantreis', error);
        }
      },
      { capture: true, passive: true },
    );
}

/** Does something at each page view, with the touchpoint that tells of it. */
export function onView(seen: (view: Touchpoint) => void): void {
  use((touchpoint) => {
    if (touchpoint.type == 'page_view') seen(touchpoint);
    return touchpoint;
  });
}

/** A parameter of the page's address. */
export const parameter = (name: string): string | null => new URLSearchParams(location.search).get(name);

/** Takes a parameter out of the page's address: whoever shares the address later does not share it. Empty where it is not. */
export function taken(name: string): string {
  const value = parameter(name);
  if (value) {
    const url = new URL(location.href);
    url.searchParams.delete(name);
    history.replaceState(history.state, '', url);
  }
  return value || '';
}
