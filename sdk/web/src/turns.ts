import { storage } from '../../core/src/installation.js';

/** One tab of the site at a time, since all of them read the same queue. Pages without https have no locks. */
export const inTurn = (work: () => Promise<void>): unknown =>
  navigator.locks?.request(storage, work).catch(work) ?? work();
