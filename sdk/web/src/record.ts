import { allowed, state } from './consent.js';
import { noteTime, wake } from './delivery.js';
import { campaign, context, page, withoutQuery } from './page.js';
import { add } from './queue.js';
import type { Fields } from './touchpoint.js';
import { uuid } from './uuid.js';
import { visit } from './visit.js';

/** Milliseconds in which touchpoints are gathered into one request. */
const GATHER_MS = 1000;

/** Set over whatever the page gives where the person may not be told apart. */
const NOBODY = {
  visitor_id: undefined,
  session_id: undefined,
  customer_id: undefined,
  identity: undefined,
  ambassador: undefined,
};

/** Puts a touchpoint in the queue. What is no JSON is told to the developer; no error reaches the page. */
export function record(type: string, fields?: Fields): void {
  try {
    const id = uuid();
    const may = allowed();
    const arrival = campaign(location.search);
    if (!may) delete arrival?.click_id;
    const touchpoint = JSON.stringify({
      channel: 'web',
      campaign: arrival,
      ...fields,
      page: { ...page(may ? String : withoutQuery), ...fields?.page },
      id,
      type,
      occurred_at: Date.now(),
      consent: { state, gpc: navigator.globalPrivacyControl },
      ...(may ? { context: context(), ...visit(arrival) } : NOBODY),
    });
    noteTime(id);
    add(JSON.parse(touchpoint));
    wake(GATHER_MS);
  } catch (error) {
    console.warn('klantreis', error);
  }
}
