import { record } from '../../../core/src/record.js';
import { onView } from './listening.js';

/** Tells of a page that does not exist (`not_found`), by the status with which the server answered. */
export function notFound(): void {
  let [loaded] = performance.getEntriesByType('navigation') as { responseStatus?: number }[];
  onView(() => {
    if (loaded?.responseStatus == 404) record('not_found');
    loaded = undefined;
  });
}
