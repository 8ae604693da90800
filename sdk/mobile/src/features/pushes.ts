import { record } from '../../../core/src/record.js';
import { arrived, campaignOf, parameters } from '../arrival.js';
import type { Feature } from '../start.js';

/** The data that your sender put into a push message. */
export type PushData = Record<string, unknown> | null | undefined;

/** Hands each push message that is opened to the SDK: its data, and an id by which the same one is told once. */
export type Opened = (data: PushData, id?: string) => void;

/**
 * Tells of push messages that are opened (`push_opened`). `listen` connects whatever brings them; a promise of it is waited
 * for a moment, so that the message which started the app comes before the opening. The campaign is read from `utm_` entries of the
 * data, or of the link in its `url` or `link`; of nothing else is told.
 */
export const pushes = (listen: (opened: Opened) => unknown): Feature => () => {
  const known = new Set<string>();
  return listen((data, id) => {
    if (id && known.has(id)) return;
    if (id) known.add(id);
    const link = data?.url ?? data?.link;
    const campaign = { source: 'app', medium: 'push', ...campaignOf({ ...(typeof link == 'string' && parameters(link)), ...data }) };
    arrived(campaign);
    record('push_opened');
  });
};
