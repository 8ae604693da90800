/** The script tag with everything: `<script async src="/k.full.js" data-key="…"></script>`. */
import { consent, forget, identify, track } from '../../core/src/api.js';
import { withoutCookies } from '../../core/src/consent.js';
import { dropped } from '../../core/src/queue.js';
import { use } from '../../core/src/record.js';
import { arrivals } from './features/arrivals.js';
import { betterDelivery } from './features/delivery.js';
import { deviceDetails } from './features/deviceDetails.js';
import { engagement } from './features/engagement.js';
import { forms } from './features/forms.js';
import { links } from './features/links.js';
import { notFound } from './features/notFound.js';
import { otherDomains } from './features/otherDomains.js';
import { siteSearch } from './features/siteSearch.js';
import { video } from './features/video.js';
import { begin } from './klantreis.js';
import { pageViews } from './navigation.js';
import { ignoreDoNotTrack } from './refusals.js';
import { tag } from './tag.js';

/** What the tag may turn off by its name, in `data-off`. */
const features = { links, forms, siteSearch, engagement, notFound, video, deviceDetails, arrivals };

tag(
  {
    track,
    identify,
    consent,
    forget,
    use,
    get dropped(): number {
      return dropped;
    },
  },
  (attributes) => {
    // A tag manager injects the script without attributes: what they would say stands in the stub.
    const installation = { ...attributes, ...(window as { klantreis?: { settings?: object } }).klantreis?.settings };
    const { cookieless, ignoreDnt, domains, off = '', vitals } = installation;
    if (cookieless != null) withoutCookies();
    if (ignoreDnt != null) ignoreDoNotTrack();
    betterDelivery();
    begin(installation);
    for (const [name, feature] of Object.entries(features)) if (!off.includes(name)) feature();
    if (domains) otherDomains(domains.split(/[ ,]+/));
    pageViews();
    if (vitals) import(vitals).then((module) => module.webVitals(track), () => {});
  },
);
