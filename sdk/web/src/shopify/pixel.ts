/**
 * The custom pixel for Shopify: pasted into the shop's customer events, below two lines that say key and collector. The
 * core does the rest, as on any site: consent, visits, a queue that waits for the collector.
 */
import { begin, consent, identify, track } from '../../../core/src/api.js';
import { leave } from '../../../core/src/delivery.js';
import type { Fields, Order, Product } from '../../../core/src/touchpoint.js';
import { remembered } from '../../../core/src/visit.js';
import type { Analytics, Api, Checkout, CartLine, CustomerPrivacy, Init, PixelEvent, Variant } from './api.js';
import { arrivedBy } from './device.js';
import { fetchText } from './texts.js';

declare const KEY: string;
declare const COLLECTOR: string;
declare const analytics: Analytics;
declare const api: Api;
declare const init: Init;

/** Money is text with at most four decimals. */
const money = (amount: number | null | undefined): string | undefined =>
  amount == null ? undefined : String(Math.round(amount * 1e4) / 1e4);

const product = (variant: Variant, more?: Product): Product => ({
  id: variant.sku || variant.id,
  name: variant.product?.title,
  brand: variant.product?.vendor,
  category: variant.product?.type,
  variant: variant.title,
  price: money(variant.price?.amount),
  currency: variant.price?.currencyCode,
  ...more,
}) as Product;

const line = ({ merchandise, quantity }: CartLine): Product => product(merchandise, { quantity });

const listed = (variants: Variant[] = []): Product[] => variants.map((one, place) => product(one, { position: place + 1 }));

const checkout = (made: Checkout = {}, order?: Order): Fields => ({
  order: {
    id: made.order?.id || made.token,
    total: money(made.totalPrice?.amount),
    currency: made.currencyCode,
    tax: money(made.totalTax?.amount),
    shipping: money(made.shippingLine?.price?.amount),
    discount: money(made.discountsAmount?.amount),
    payment: made.transactions?.[0]?.gateway,
    ...order,
  } as Order,
  products: (made.lineItems || []).map((item) => product(item.variant || {}, { quantity: item.quantity || 1 })),
});

type Told = [type: string, fields: Fields];

const step = (number: number, name: string) => ({ data }: PixelEvent): Told => [
  'checkout_step',
  checkout(data.checkout, { step: number, step_name: name }),
];

/** Shopify's standard events, and what they are here. */
const EVENTS: Record<string, (event: PixelEvent) => Told> = {
  page_viewed: () => ['page_view', {}],
  collection_viewed: ({ data }) => ['product_list_view', { products: listed(data.collection?.productVariants) }],
  search_submitted: ({ data: { searchResult } }) => [
    'search',
    { search: { term: (searchResult?.query || '').slice(0, 256), results: searchResult?.productVariants?.length || 0 } },
  ],
  product_viewed: ({ data }) => ['product_view', { product: product(data.productVariant || {}) }],
  product_added_to_cart: ({ data }) => ['cart_add', data.cartLine ? { product: line(data.cartLine) } : {}],
  product_removed_from_cart: ({ data }) => ['cart_remove', data.cartLine ? { product: line(data.cartLine) } : {}],
  cart_viewed: ({ data }) => ['cart_view', { products: (data.cart?.lines || []).map(line) }],
  checkout_started: step(1, 'begin'),
  checkout_contact_info_submitted: step(2, 'contact'),
  checkout_address_info_submitted: step(3, 'address'),
  checkout_shipping_info_submitted: step(4, 'delivery'),
  payment_info_submitted: step(5, 'payment'),
  checkout_completed: ({ data }) => ['order', checkout(data.checkout)],
};

const allows = (privacy: CustomerPrivacy | undefined): boolean => !!privacy?.analyticsProcessingAllowed;

/** Says who the customer is, once: Shopify says it on every page. */
function meet(customer: string | null | undefined): void {
  if (customer && customer != remembered().c) identify(customer);
}

async function run(): Promise<void> {
  // Shopify replays to a late listener what the page told before it.
  await fetchText('klantreis:' + KEY);
  begin({ key: KEY, endpoint: COLLECTOR, consent: allows(init.customerPrivacy) ? 'granted' : 'required' });
  const customer = init.data?.customer?.id;
  meet(customer);
  api.customerPrivacy.subscribe('visitorConsentCollected', ({ customerPrivacy }) => {
    consent(allows(customerPrivacy) ? 'granted' : 'denied');
    meet(customer);
  });
  addEventListener('visibilitychange', leave);
  for (const [name, says] of Object.entries(EVENTS))
    analytics.subscribe(name, (event) => {
      const { location, referrer, title } = event.context.document;
      arrivedBy(location.search);
      const [type, fields] = says(event);
      meet(event.data.checkout?.order?.customer?.id);
      track(type, { ...fields, page: { url: location.href, path: location.pathname, title, referrer } });
    });
}

run();
