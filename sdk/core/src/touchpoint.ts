/**
 * The touchpoint's vocabulary. Generated from `collector/touchpoint.py`; change it there and run `make docs`.
 */

/** What the person allowed. */
export type ConsentState = 'granted' | 'required' | 'denied';

/** A decimal number as text: "129.95". Never a float: money is counted exactly. */
export type Decimal = string;

/** RFC 3339 with an offset, or epoch milliseconds. */
export type Moment = string | number;

/** Types with a meaning of their own: phase rules know them. */
export type StandardType =
  | 'page_view'
  | 'screen_view'
  | 'article_read'
  | 'ad_seen'
  | 'ad_clicked'
  | 'post_seen'
  | 'spot_heard'
  | 'window_seen'
  | 'video_watched'
  | 'social_follow'
  | 'social_interaction'
  | 'newsletter_signup'
  | 'email_sent'
  | 'email_opened'
  | 'email_clicked'
  | 'push_opened'
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
  | 'store_visit'
  | 'demonstration'
  | 'advice'
  | 'quote_requested'
  | 'cart_add'
  | 'cart_remove'
  | 'cart_view'
  | 'checkout_step'
  | 'checkout_abandoned'
  | 'payment'
  | 'order'
  | 'order_confirmation'
  | 'delivery'
  | 'onboarding'
  | 'manual_read'
  | 'warranty_registered'
  | 'support_contact'
  | 'screen_share'
  | 'return_requested'
  | 'return_made'
  | 'exchange'
  | 'repair'
  | 'feedback'
  | 'reward_received'
  | 'review_written'
  | 'recommendation'
  | 'ambassador_code_used'
  | 'share'
  | 'community_post'
  | 'complaint'
  | 'social_mention'
  | 'identify'
  | 'consent'
  | 'login'
  | 'account_created'
  | 'app_installed'
  | 'app_updated'
  | 'app_opened'
  | 'app_backgrounded'
  | 'app_crashed'
  | 'link_click'
  | 'download'
  | 'form_start'
  | 'form_sent'
  | 'engagement'
  | 'not_found';

/** Types of which the oldest are given up first where a queue is full. */
export const LOW_VALUE = /^(engagement|page_view|screen_view)$/;

/** One touchpoint as sent. `id`, `type` and `occurred_at` are required; nothing else is. */
export interface Touchpoint {
  /** Made by the sender, version 7 recommended. The same id is the same touchpoint. */
  id: string;
  /** A standard type, or one of your own in snake_case. */
  type: string;
  /** The sender's clock; RFC 3339 with offset, or epoch milliseconds. */
  occurred_at: Moment;
  /** Time since it occurred at `sent_at`, by a clock that nobody can set. */
  age_ms?: number;
  /** Rises per visitor; gaps and resets are normal. */
  sequence?: number;
  /** Where the touch took place. */
  channel?: 'broadcast' | 'chat' | 'display' | 'email' | 'event' | 'messaging' | 'mobile' | 'outdoor' | 'partner' | 'phone' | 'print' | 'search' | 'social' | 'store' | 'video' | 'web';
  /** The device or browser. */
  visitor_id?: string;
  /** The known person. */
  customer_id?: string;
  /** The visit. */
  session_id?: string;
  page?: Page;
  screen?: Screen;
  store?: Store;
  campaign?: Campaign;
  search?: Search;
  product?: Product;
  products?: Product[];
  order?: Order;
  contact?: Contact;
  feedback?: Feedback;
  ambassador?: Ambassador;
  company?: Company;
  consent?: Consent;
  identity?: Identity;
  context?: Context;
  /** Anything else; at most 64 keys and 16 KiB. Stored as text by key. */
  properties?: Record<string, unknown>;
}

/** The web page where the touch took place. */
export interface Page {
  url?: string;
  path?: string;
  title?: string;
  referrer?: string;
  language?: string;
  /** What the site calls it: home, category, product, cart … */
  kind?: string;
}

/** The screen of an app. */
export interface Screen {
  name?: string;
  kind?: string;
  previous?: string;
}

/** The shop, counter or stand. */
export interface Store {
  id?: string;
  name?: string;
  city?: string;
  /** ISO 3166 code, such as NL. */
  country?: string;
  till?: string;
  desk?: string;
}

/** What the sender knows of the campaign that brought the person. Otherwise it is read from `page.url`. */
export interface Campaign {
  source?: string;
  medium?: string;
  name?: string;
  id?: string;
  term?: string;
  content?: string;
  click_id?: string;
  /** Its parameter: gclid, msclkid, fbclid … */
  click_id_kind?: string;
}

/** What was searched. */
export interface Search {
  term?: string;
  /** A search for something nearby. */
  local?: boolean;
  results?: number;
}

/** A product; `quantity` and `price` (of one) where there is a sale. */
export interface Product {
  id?: string;
  name?: string;
  brand?: string;
  category?: string;
  variant?: string;
  /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
  price?: Decimal;
  /** ISO 4217 code, such as EUR. */
  currency?: string;
  quantity?: number;
  position?: number;
}

/** An order, sale, cart or checkout. */
export interface Order {
  id?: string;
  /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
  total?: Decimal;
  /** ISO 4217 code, such as EUR. */
  currency?: string;
  /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
  tax?: Decimal;
  /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
  shipping?: Decimal;
  /** A decimal number as a string, at most 13 digits before and 4 after the point: "129.95". */
  discount?: Decimal;
  coupon?: string;
  /** How it was paid: ideal, card, cash, link … */
  payment?: string;
  confirmation?: 'requested' | 'sent';
  step?: number;
  step_name?: string;
}

/** A contact with customer service or an adviser. */
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

/** A score on a scale: 8 of 10, 4 of 5. */
export interface Feedback {
  /** nps, csat, ces, stars … */
  kind?: string;
  score?: number;
  scale?: number;
  text?: string;
}

/** Who recommended, by the code of their link or card. */
export interface Ambassador {
  code?: string;
  relation?: string;
}

/** The business that the person acts for. */
export interface Company {
  type?: 'b2b' | 'b2c';
  name?: string;
  industry?: string;
  size?: string;
}

/** What the person allowed. Anything but `granted` makes the collector strip every identifier. */
export interface Consent {
  state?: ConsentState;
  /** Global Privacy Control was on. */
  gpc?: boolean;
  /** Do Not Track was on. */
  dnt?: boolean;
}

/** What links this visitor to a person on another device or channel. Hashes are SHA-256 in hex. */
export interface Identity {
  email_hash?: string;
  phone_hash?: string;
  /** The same person's visitor id elsewhere. */
  linked_visitor_id?: string;
}

/** The device and program. `user_agent` and `address` override the request's own; secret keys only. */
export interface Context {
  language?: string;
  time_zone?: string;
  screen_width?: number;
  screen_height?: number;
  viewport_width?: number;
  viewport_height?: number;
  app_name?: string;
  app_version?: string;
  device_model?: string;
  device_maker?: string;
  os_name?: string;
  os_version?: string;
  network?: string;
}

/** What a program adds to a touchpoint; the rest the SDK knows. */
export type Fields = Omit<
  Touchpoint,
  'id' | 'type' | 'occurred_at' | 'age_ms' | 'sequence' | 'visitor_id' | 'customer_id' | 'session_id' | 'consent'
>;
