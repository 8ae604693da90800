/**
 * The touchpoint as a site describes it. The vocabulary is the collector's (`sdk/contract/touchpoints.schema.json`);
 * a test compares the names.
 */

/** What the person allowed. */
export type ConsentState = 'granted' | 'required' | 'denied';

/** A decimal number as text: "129.95". Never a float: money is counted exactly. */
export type Decimal = string;

export type StandardType =
  | 'page_view'
  | 'article_read'
  | 'ad_seen'
  | 'ad_clicked'
  | 'video_watched'
  | 'social_follow'
  | 'social_interaction'
  | 'newsletter_signup'
  | 'search'
  | 'product_list_view'
  | 'product_view'
  | 'compare'
  | 'wishlist_add'
  | 'review_read'
  | 'friend_referral'
  | 'contact_lookup'
  | 'hours_lookup'
  | 'brochure_download'
  | 'chat_started'
  | 'quote_requested'
  | 'cart_add'
  | 'cart_remove'
  | 'cart_view'
  | 'checkout_step'
  | 'checkout_abandoned'
  | 'payment'
  | 'order'
  | 'order_confirmation'
  | 'onboarding'
  | 'manual_read'
  | 'warranty_registered'
  | 'support_contact'
  | 'screen_share'
  | 'return_requested'
  | 'exchange'
  | 'feedback'
  | 'reward_received'
  | 'review_written'
  | 'recommendation'
  | 'ambassador_code_used'
  | 'share'
  | 'community_post'
  | 'complaint'
  | 'login'
  | 'account_created'
  | 'link_click'
  | 'download'
  | 'form_start'
  | 'form_sent'
  | 'engagement'
  | 'not_found';

export interface Page {
  url?: string;
  path?: string;
  title?: string;
  referrer?: string;
  language?: string;
  /** What the site calls it: home, category, product, cart … */
  kind?: string;
}

export interface Campaign {
  source?: string;
  medium?: string;
  name?: string;
  id?: string;
  term?: string;
  content?: string;
  click_id?: string;
  /** The parameter in which it came: gclid, msclkid, fbclid … */
  click_id_kind?: string;
}

export interface Search {
  term?: string;
  /** A search for something nearby. */
  local?: boolean;
  results?: number;
}

export interface Product {
  id?: string;
  name?: string;
  brand?: string;
  category?: string;
  variant?: string;
  /** Of one. */
  price?: Decimal;
  /** ISO 4217: EUR. */
  currency?: string;
  quantity?: number;
  position?: number;
}

export interface Order {
  id?: string;
  total?: Decimal;
  /** ISO 4217: EUR. */
  currency?: string;
  tax?: Decimal;
  shipping?: Decimal;
  discount?: Decimal;
  coupon?: string;
  /** How it was paid: ideal, card, cash, link … */
  payment?: string;
  confirmation?: 'requested' | 'sent';
  step?: number;
  step_name?: string;
}

export interface Contact {
  case?: string;
  topic?: string;
  direction?: 'inbound' | 'outbound';
  /** Seconds the person waited. */
  waited_s?: number;
  /** Employees the person spoke with. */
  agents?: number;
  /** The person had to ask or tell it again. */
  repeated?: boolean;
  answered?: boolean;
  resolved?: boolean;
}

export interface Feedback {
  /** nps, csat, ces, stars … */
  kind?: string;
  score?: number;
  scale?: number;
  text?: string;
}

export interface Ambassador {
  code?: string;
  relation?: string;
}

export interface Company {
  type?: 'b2b' | 'b2c';
  name?: string;
  industry?: string;
  size?: string;
}

export interface Store {
  id?: string;
  name?: string;
  city?: string;
  /** ISO 3166: NL. */
  country?: string;
  till?: string;
  desk?: string;
}

/** What links this visitor to a person elsewhere. Hashes are SHA-256 in lower-case hex. */
export interface Identity {
  email_hash?: string;
  phone_hash?: string;
  linked_visitor_id?: string;
}

export interface Context {
  language?: string;
  time_zone?: string;
  screen_width?: number;
  screen_height?: number;
  viewport_width?: number;
  viewport_height?: number;
}

export interface Consent {
  state?: ConsentState;
  /** Global Privacy Control was on. */
  gpc?: boolean;
}

/** What a site adds to a touchpoint; the rest the SDK knows. */
export interface Fields {
  channel?: string;
  page?: Page;
  store?: Store;
  search?: Search;
  product?: Product;
  products?: Product[];
  order?: Order;
  contact?: Contact;
  feedback?: Feedback;
  ambassador?: Ambassador;
  company?: Company;
  identity?: Identity;
  /** Anything else: at most 64 names and 16 KiB. */
  properties?: Record<string, unknown>;
}
