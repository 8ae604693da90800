import { type Installation } from './installation.js';
import type { ConsentState, Fields, StandardType } from './touchpoint.js';
/** Begins: takes up what earlier programs left on the device, and sends it. */
export declare function begin(installation: Installation): void;
/** Tells of a touchpoint: a standard type, or one of your own in snake_case. */
export declare function track(type: StandardType | (string & {}), fields?: Fields): void;
/**
 * Says who the person is, from now on and on later visits; without an id, that it is not known any more. Without the
 * person's consent it says nothing, now or later: after a grant it is to be said again.
 */
export declare function identify(customer_id?: string | null, fields?: Fields): void;
/** Says what the person allowed. A grant is remembered on the device; anything else removes all that is stored. */
export declare function consent(decision: ConsentState): void;
/** The person asks to be forgotten on this device: as if never here, and asked nothing yet. */
export declare function forget(): void;
