import type { Fields, Screen } from '../../core/src/touchpoint.js';
import { arrived, takeCampaign } from './arrival.js';

/** The screen that is shown. */
let shown: Screen | undefined;

/** What has to be told before anything else. */
const firsts: (() => void)[] = [];

const atGrant: (() => void)[] = [];

/** Does what waits for a moment, that the app was opened or which screen it shows, before anything else is told. */
export const first = (): void => firsts.forEach((work) => work());

export function tellFirst(work: () => void): void {
  firsts.push(work);
}

/** Does something when the person says yes, while the program runs. */
export function onGrant(work: () => void): void {
  atGrant.push(work);
}

export function show(screen: Screen): Screen {
  const previous = shown?.name;
  shown = screen;
  return previous ? { ...screen, previous } : screen;
}

/** What came before a yes is never told with an identifier: neither the campaign nor the screen before this one. */
export function granted(): void {
  arrived(null);
  atGrant.forEach((work) => work());
}

/** The screen, with what the program says of it on top; of the touchpoint with which the person arrives, the campaign. */
export function around(fields: Fields | undefined): Fields {
  const campaign = takeCampaign();
  const screen = { ...shown, ...fields?.screen };
  return { channel: 'mobile', ...(campaign && { campaign }), ...fields, ...(screen.name && { screen }) };
}
