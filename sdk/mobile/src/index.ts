/** The module: `start({ key, endpoint, storage }, lifecycle(), …)` once; then `track`, `identify`, `consent`. */
export type * from '../../core/src/touchpoint.js';
export type { Change } from '../../core/src/record.js';
export { dropped } from '../../core/src/queue.js';
export { use } from '../../core/src/record.js';
export * from '../../core/src/vocabulary.js';
export { consent, forget, identify, track } from './api.js';
export { arrived } from './arrival.js';
export { deviceDetails } from './features/deviceDetails.js';
export { lifecycle, type App } from './features/lifecycle.js';
export { pushes, type Opened, type PushData } from './features/pushes.js';
export { reconnect, type Network } from './features/reconnect.js';
export { screen, screens, type Naming, type Navigation, type Route } from './features/screens.js';
export { askVisitor, fromWebView, webViewAddress } from './handOver.js';
export { flush, kept, start, type AppInstallation, type Feature } from './start.js';
export { asyncStorage, mmkv, type Storage } from './storage.js';
