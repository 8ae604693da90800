import { record } from '../../../core/src/record.js';
import { onView, parameter } from './listening.js';

/** Parameters in which sites put what was searched for. */
const TERMS = ['q', 's', 'query', 'search', 'keyword', 'zoek', 'zoekterm', 'term'];

/** Tells of a search on the site when its page of results is shown. A term with an email address in it is not told. */
export function siteSearch(): void {
  onView(() => {
    const term = TERMS.map(parameter).find((one) => one);
    if (term && !term.includes('@')) record('search', { search: { term: term.slice(0, 256) } });
  });
}
