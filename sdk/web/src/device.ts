/** The browser, as the core sees it. */
export { told } from '../../core/src/addresses.js';
export { around, first, granted } from './page.js';
export { arrival } from './campaign.js';
export { refusals } from './refusals.js';
export { all, clear, put, remove } from './storage.js';
export { inTurn } from './turns.js';

export const NAME = 'web';
