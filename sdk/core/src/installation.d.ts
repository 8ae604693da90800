import type { ConsentState } from './touchpoint.js';
/** How the SDK is installed; in a script tag each stands as a `data-` attribute. */
export interface Installation {
    /** The public key that `klantreis keys add` made. */
    key: string;
    /** Where the collector is, without `/v1/touchpoints`; may be a path of the site itself. */
    endpoint: string;
    /** What the person allowed before anybody asked; `granted` unless said otherwise. */
    consent?: ConsentState | undefined;
}
export declare let key: string;
/** Where touchpoints are posted. */
export declare let url: string;
/** Under which everything of this key is stored on the device: two keys in one place keep apart. */
export declare let storage: string;
export declare function install(installation: Installation): void;
