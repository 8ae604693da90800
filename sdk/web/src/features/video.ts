import { track } from '../../../core/src/api.js';
import { on } from './listening.js';

/** Percentages of a video that are told of. */
const MARKS = [25, 50, 75, 100];

/** Tells how far a `<video>` was watched (`video_watched`), once for each quarter. */
export function video(): void {
  const reached = new WeakMap<EventTarget, number>();
  on(document, 'emptied', ({ target }) => reached.delete(target!));
  on(document, 'timeupdate ended', ({ target }) => {
    const film = target as HTMLVideoElement;
    if (film.localName != 'video' || !(film.duration < Infinity)) return;
    // The last picture comes a little before the end.
    const percent = film.ended ? 100 : (100 * film.currentTime) / film.duration;
    const next = reached.get(film) || 0;
    const passed = MARKS.filter((mark) => mark <= percent);
    for (const mark of passed.slice(next)) track('video_watched', { properties: { video: film.id, url: film.currentSrc, percent: mark } });
    reached.set(film, Math.max(next, passed.length));
  });
}
