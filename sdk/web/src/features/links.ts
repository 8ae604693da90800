import { track } from '../../../core/src/api.js';
import { on } from './listening.js';

/** Endings of addresses that are files to take along, not pages. */
const FILE = /\.(pdf|docx?|xlsx?|pptx?|odt|ods|csv|txt|rtf|zip|rar|7z|gz|dmg|exe|msi|apk|mp3|mp4|mov|avi|wav|epub|ics|stl|dwg)$/i;

/** Tells of links to other sites (`link_click`) and of files that are downloaded (`download`). */
export function links(): void {
  on<MouseEvent>(document, 'click auxclick', (event) => {
    const link = (event.composedPath()[0] as Element).closest?.<HTMLAnchorElement>('a[href],area[href]');
    if (!link || event.button > 1 || !/^http/.test(link.protocol)) return;
    const type = link.hasAttribute('download') || FILE.test(link.pathname) ? 'download' : 'link_click';
    if (type == 'download' || link.host != location.host) track(type, { properties: { url: link.href } });
  });
}
