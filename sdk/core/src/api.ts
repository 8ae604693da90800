import { first, granted } from '@klantreis/device';
import { allowed, decide, state } from './consent.js';
import { wake } from './delivery.js';
import { install, type Installation } from './installation.js';
import { wipe } from './queue.js';
import { record } from './record.js';
import type { ConsentState, Fields, StandardType } from './touchpoint.js';
import { remember, remembered } from './visit.js';

/** What the person had allowed before anybody asked. */
let asInstalled: ConsentState | undefined;

/** Begins: takes up what earlier programs left on the device, and sends it. */
export function begin(installation: Installation): void {
  const { consent } = installation;
  asInstalled = consent;
  install(installation);
  decide((consent == 'required' && remembered().g) || !consent ? 'granted' : consent);
  if (!allowed()) wipe();
  wake();
}

/** Tells of a touchpoint: a standard type, or one of your own in snake_case. */
export function track(type: StandardType | (string & {}), fields?: Fields): void {
  first();
  record(type, fields);
}

/**
 * Says who the person is, from now on and on later visits; without an id, that it is not known any more. Without the
 * person's consent it says nothing, now or later: after a grant it is to be said again.
 */
export function identify(customer_id?: string | null, fields?: Fields): void {
  first();
  if (allowed()) {
    remember({ c: customer_id || undefined });
    if (customer_id) record('identify', fields);
  }
}

/** Says what the person allowed. A grant is remembered on the device; anything else removes all that is stored. */
export function consent(decision: ConsentState): void {
  if (decision == state) return;
  decide(decision);
  if (allowed()) {
    remember({ g: true });
    granted();
  } else wipe();
  record('consent');
}

/** The person asks to be forgotten on this device: as if never here, and asked nothing yet. */
export function forget(): void {
  decide(asInstalled || 'granted');
  wipe();
}
