/** An app, as the core sees it. */
export { told } from '../../core/src/addresses.js';
export { arrival } from './arrival.js';
export { all, clear, put, remove } from './keeping.js';
export { around, first, granted } from './surroundings.js';
export { inTurn } from './turns.js';

export const NAME = 'react-native';

/** Apps know neither Global Privacy Control nor Do Not Track. A system's own no is the program's to pass on: `consent`. */
export const refusals = (): { gpc?: boolean; dnt?: boolean } => ({});
