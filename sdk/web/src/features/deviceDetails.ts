import { allowed } from '../../../core/src/consent.js';
import { use } from '../../../core/src/record.js';

/** Adds the device to each touchpoint of somebody who may be told apart: language, time zone, size of screen and window. */
export function deviceDetails(): void {
  use((touchpoint) => ({
    ...touchpoint,
    ...(allowed() && {
      context: {
        language: navigator.language,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        screen_width: screen.width,
        screen_height: screen.height,
        viewport_width: innerWidth,
        viewport_height: innerHeight,
      },
    }),
  }));
}
