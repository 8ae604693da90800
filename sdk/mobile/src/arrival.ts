import type { Campaign } from '../../core/src/touchpoint.js';

/** In words, what brought the person when they last came. */
let words = '';

/** The campaign that the next touchpoint tells. */
let untold: Campaign | undefined;

/** What brought the person, until they come again: other words than last time begin a session. */
export const arrival = (): string => words;

/**
 * A campaign brought the person to the app: the next touchpoint tells it, and a new one begins a session. Null: they came by
 * themselves. Links, push messages and the install referrer say so by themselves.
 */
export function arrived(campaign: Campaign | null | undefined): void {
  const named = campaign && Object.keys(campaign)[0];
  words = named ? JSON.stringify(campaign) : '';
  untold = named ? campaign : undefined;
}

export function takeCampaign(): Campaign | undefined {
  const campaign = untold;
  untold = undefined;
  return campaign;
}

/** Fields of the campaign by their parameter. */
const UTM: Record<string, keyof Campaign> = {
  utm_source: 'source',
  utm_medium: 'medium',
  utm_campaign: 'name',
  utm_id: 'id',
  utm_term: 'term',
  utm_content: 'content',
};

/** Click ids, known by the form of their names: gclid, msclkid, fbclid, gbraid … */
const CLICK_ID = /^(\w*clk?id|.braid)$/i;

/** Parameters of an address or of its query alone, decoded where they can be. The first of a name counts. */
export function parameters(address: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of address.replace(/#.*/, '').replace(/^[^?]*\?/, '').split('&')) {
    const [name = '', ...value] = pair.split('=');
    found[name] ??= decoded(value.join('='));
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}

/** The campaign that an address, its query or the data of a push message names; nothing where it names none. */
export function campaignOf(values: Record<string, unknown>): Campaign | undefined {
  const campaign: Campaign = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value != 'string' || !value) continue;
    const field = UTM[name.toLowerCase()];
    if (field) campaign[field] = value;
    else if (CLICK_ID.test(name) && !campaign.click_id) Object.assign(campaign, { click_id: value, click_id_kind: name });
  }
  return Object.keys(campaign)[0] ? campaign : undefined;
}
