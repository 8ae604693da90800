/**
 * One function for each standard type: `addToCart({ id: 'hiker-43' })` is `track('cart_add', { product: { id: 'hiker-43' } })`.
 * The first argument is what the touchpoint is about, the second anything else. A test holds the list to the vocabulary.
 *
 * `track` is the platform's own, supplied when it is bundled: an app's may be called before its storage has been read.
 */
import { track } from '@klantreis/track';
import type { Ambassador, Campaign, Contact, Feedback, Fields, Order, Product, Search, StandardType, Store } from './touchpoint.js';

type Plain = (fields?: Fields) => void;
type About<T> = (what: T, fields?: Fields) => void;

const plain = (type: StandardType): Plain => (fields) => track(type, fields);
const about = <T>(type: StandardType, part: keyof Fields): About<T> => (what, fields) => track(type, { [part]: what, ...fields });

export const screenView = /* @__PURE__ */ plain('screen_view');
export const articleRead = /* @__PURE__ */ plain('article_read');
export const adSeen = /* @__PURE__ */ about<Campaign>('ad_seen', 'campaign');
export const adClicked = /* @__PURE__ */ about<Campaign>('ad_clicked', 'campaign');
export const postSeen = /* @__PURE__ */ plain('post_seen');
export const spotHeard = /* @__PURE__ */ about<Campaign>('spot_heard', 'campaign');
export const windowSeen = /* @__PURE__ */ about<Store>('window_seen', 'store');
export const videoWatched = /* @__PURE__ */ plain('video_watched');
export const socialFollow = /* @__PURE__ */ plain('social_follow');
export const socialInteraction = /* @__PURE__ */ plain('social_interaction');
export const newsletterSignup = /* @__PURE__ */ plain('newsletter_signup');
export const emailSent = /* @__PURE__ */ about<Campaign>('email_sent', 'campaign');
export const emailOpened = /* @__PURE__ */ about<Campaign>('email_opened', 'campaign');
export const emailClicked = /* @__PURE__ */ about<Campaign>('email_clicked', 'campaign');
export const pushOpened = /* @__PURE__ */ about<Campaign>('push_opened', 'campaign');
export const search = /* @__PURE__ */ about<Search>('search', 'search');
export const productListView = /* @__PURE__ */ about<Product[]>('product_list_view', 'products');
export const productView = /* @__PURE__ */ about<Product>('product_view', 'product');
export const compare = /* @__PURE__ */ about<Product[]>('compare', 'products');
export const addToWishlist = /* @__PURE__ */ about<Product>('wishlist_add', 'product');
export const readReview = /* @__PURE__ */ about<Product>('review_read', 'product');
export const friendReferral = /* @__PURE__ */ about<Ambassador>('friend_referral', 'ambassador');
export const storeLookup = /* @__PURE__ */ about<Store>('contact_lookup', 'store');
export const hoursLookup = /* @__PURE__ */ about<Store>('hours_lookup', 'store');
export const brochureDownload = /* @__PURE__ */ about<Product>('brochure_download', 'product');
export const chatStarted = /* @__PURE__ */ about<Contact>('chat_started', 'contact');
export const storeVisit = /* @__PURE__ */ about<Store>('store_visit', 'store');
export const demonstration = /* @__PURE__ */ about<Product>('demonstration', 'product');
export const advice = /* @__PURE__ */ about<Contact>('advice', 'contact');
export const quoteRequested = /* @__PURE__ */ about<Product>('quote_requested', 'product');
export const addToCart = /* @__PURE__ */ about<Product>('cart_add', 'product');
export const removeFromCart = /* @__PURE__ */ about<Product>('cart_remove', 'product');
export const cartView = /* @__PURE__ */ about<Product[]>('cart_view', 'products');
export const checkoutStep = /* @__PURE__ */ about<Order>('checkout_step', 'order');
export const checkoutAbandoned = /* @__PURE__ */ about<Order>('checkout_abandoned', 'order');
export const payment = /* @__PURE__ */ about<Order>('payment', 'order');
export const order = /* @__PURE__ */ about<Order>('order', 'order');
export const orderConfirmation = /* @__PURE__ */ about<Order>('order_confirmation', 'order');
export const delivery = /* @__PURE__ */ about<Order>('delivery', 'order');
export const onboarding = /* @__PURE__ */ about<Product>('onboarding', 'product');
export const manualRead = /* @__PURE__ */ about<Product>('manual_read', 'product');
export const warrantyRegistered = /* @__PURE__ */ about<Product>('warranty_registered', 'product');
export const supportContact = /* @__PURE__ */ about<Contact>('support_contact', 'contact');
export const screenShare = /* @__PURE__ */ about<Contact>('screen_share', 'contact');
export const returnRequested = /* @__PURE__ */ about<Product>('return_requested', 'product');
export const returnMade = /* @__PURE__ */ about<Product>('return_made', 'product');
export const exchange = /* @__PURE__ */ about<Product>('exchange', 'product');
export const repair = /* @__PURE__ */ about<Product>('repair', 'product');
export const feedback = /* @__PURE__ */ about<Feedback>('feedback', 'feedback');
export const rewardReceived = /* @__PURE__ */ plain('reward_received');
export const review = /* @__PURE__ */ about<Product>('review_written', 'product');
export const recommendation = /* @__PURE__ */ about<Ambassador>('recommendation', 'ambassador');
export const ambassadorCodeUsed = /* @__PURE__ */ about<Ambassador>('ambassador_code_used', 'ambassador');
export const share = /* @__PURE__ */ plain('share');
export const communityPost = /* @__PURE__ */ plain('community_post');
export const complaint = /* @__PURE__ */ about<Contact>('complaint', 'contact');
export const socialMention = /* @__PURE__ */ plain('social_mention');
export const login = /* @__PURE__ */ plain('login');
export const accountCreated = /* @__PURE__ */ plain('account_created');
export const appInstalled = /* @__PURE__ */ plain('app_installed');
export const appUpdated = /* @__PURE__ */ plain('app_updated');
export const appOpened = /* @__PURE__ */ plain('app_opened');
export const appBackgrounded = /* @__PURE__ */ plain('app_backgrounded');
export const appCrashed = /* @__PURE__ */ plain('app_crashed');
export const linkClick = /* @__PURE__ */ plain('link_click');
export const download = /* @__PURE__ */ plain('download');
export const formStart = /* @__PURE__ */ plain('form_start');
export const formSent = /* @__PURE__ */ plain('form_sent');
export const notFoundSeen = /* @__PURE__ */ plain('not_found');
