/** The module: `start({ key, endpoint, storage }, lifecycle(), …)` once; then `track`, `identify`, `consent`. */
export type * from '../../core/src/touchpoint.js';
export type { Change } from '../../core/src/record.js';
export { dropped } from '../../core/src/queue.js';
export { use } from '../../core/src/record.js';
export * from '../../core/src/vocabulary.js';
export { consent, forget, identify, track } from './api.js';
export { arrived } from './arrival.js';
export { flush, kept, start, type AppInstallation, type Feature } from './start.js';
export { asyncStorage, mmkv, type Storage } from './storage.js';
