/** What the SDK can tell of by itself, by name: the same that `k.full.js` has. */
export {
  arrivals, betterDelivery, deviceDetails, engagement, forms, links, notFound, pageViews, siteSearch, video,
} from '@klantreis/web';
