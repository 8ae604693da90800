import { allowed } from '../../core/src/consent.js';
import { record } from '../../core/src/record.js';
import { remembered } from '../../core/src/visit.js';

/** Parameters of links that the SDKs understand; the web SDK has the same. */
export const NAMES = { visitor: 'kr_id', source: 'kr_src', ambassador: 'kr_amb' };

/** Seconds for which a link names the visitor: whoever shares the address later shares nobody. */
const FRESH_S = 120;

const VISITOR = /^[\w-]{1,64}$/;

const seconds = (): number => Math.floor(Date.now() / 1000);

/** The host of an http address; none of one with a user name, which can pass for another. */
const host = (url: string): string => /^https?:\/\/([^/:?#@\\]+)(:\d+)?([/?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? '';

/** The visitor that a link names, where it was made just now. */
export function fresh(named: string | undefined): string | undefined {
  const [visitor = '', at = ''] = (named ?? '').split('.');
  return VISITOR.test(visitor) && Math.abs(seconds() - parseInt(at, 36)) < FRESH_S ? visitor : undefined;
}

/** An address as it may be told and stored: it names no visitor. */
export const withoutVisitor = (url: string): string => url.replace(/([?&])kr_id=[^&#]*&?/, '$1').replace(/[?&](?=#|$)/, '');

/**
 * The address to open in a web view, so that its page's visitor and the app's become one person: for two minutes it names the
 * app's visitor. Only with consent, and only for these hosts of yours; any other address is given back as it is. The page
 * needs the web SDK with `data-domains` (`otherDomains`), which takes the name out of its address at once.
 */
export function webViewAddress(url: string, hosts: readonly string[]): string {
  const visitor = allowed() && remembered().v;
  if (!visitor || !hosts.includes(host(url))) return url;
  const [, before = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(withoutVisitor(url))!;
  return `${before}${before.includes('?') ? '&' : '?'}${NAMES.visitor}=${visitor}.${seconds().toString(36)}${fragment}`;
}

/**
 * For a web view's `injectedJavaScript`: the page says who its visitor is, once the web SDK knows, within ten seconds. It knows
 * only with the person's consent.
 */
export const askVisitor = `(function (left) {
  (function ask() {
    try {
      for (var i = 0; i < localStorage.length; i++) {
        var visitor = /^klantreis:[^:]*$/.test(localStorage.key(i)) && JSON.parse(localStorage[localStorage.key(i)]).v;
        if (visitor) return ReactNativeWebView.postMessage(JSON.stringify({ klantreis: visitor }));
      }
    } catch (e) {}
    if (left--) setTimeout(ask, 500);
  })();
})(20);
true;`;

const linked = new Set<string>();

/**
 * For a web view's `onMessage`: takes up who the page's visitor is, once, from pages of these hosts of yours. Says whether the
 * message was one of `askVisitor`'s, so that yours may follow.
 */
export function fromWebView(message: { nativeEvent: { data: string; url: string } }, hosts: readonly string[]): boolean {
  const { data, url } = message.nativeEvent;
  if (!data.startsWith('{"klantreis":')) return false;
  const visitor = /^\{"klantreis":"([\w-]{1,64})"\}$/.exec(data)?.[1];
  if (visitor && hosts.includes(host(url)) && allowed() && visitor != remembered().v && !linked.has(visitor)) {
    linked.add(visitor);
    record('identify', { identity: { linked_visitor_id: visitor } });
  }
  return true;
}
