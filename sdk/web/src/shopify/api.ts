/** Of Shopify's Web Pixels API what the pixel uses (shopify.dev/docs/api/web-pixels-api). */

export interface Browser {
  localStorage: {
    getItem(name: string): Promise<string | null>;
    setItem(name: string, text: string): Promise<unknown>;
    removeItem(name: string): Promise<unknown>;
    key(place: number): Promise<string | null>;
    length(): Promise<number>;
  };
}

export interface CustomerPrivacy {
  analyticsProcessingAllowed: boolean;
}

export interface Init {
  customerPrivacy?: CustomerPrivacy;
  data?: { customer?: { id?: string | null } | null };
}

interface Money {
  amount?: number | null;
  currencyCode?: string | null;
}

export interface Variant {
  id?: string | null;
  sku?: string | null;
  title?: string | null;
  price?: Money;
  product?: { id?: string | null; title?: string | null; vendor?: string | null; type?: string | null };
}

export interface CartLine {
  quantity: number;
  merchandise: Variant;
}

export interface Checkout {
  token?: string | null;
  currencyCode?: string | null;
  order?: { id?: string | null; customer?: { id?: string | null } | null } | null;
  totalPrice?: Money | null;
  totalTax?: Money | null;
  shippingLine?: { price?: Money } | null;
  discountsAmount?: Money | null;
  lineItems?: { quantity?: number; title?: string | null; variant?: Variant | null }[];
  transactions?: { gateway?: string | null }[];
}

/** What is in `data` depends on the event; the pixel asks only for what its event has. */
export interface PixelEvent {
  context: { document: { location: { href: string; pathname: string; search: string }; referrer: string; title: string } };
  data: {
    productVariant?: Variant;
    cartLine?: CartLine | null;
    cart?: { cost?: { totalAmount?: Money }; lines?: CartLine[] } | null;
    checkout?: Checkout;
    collection?: { title?: string; productVariants?: Variant[] };
    searchResult?: { query?: string; productVariants?: Variant[] };
  };
}

export interface Analytics {
  subscribe(name: string, heard: (event: PixelEvent) => void): unknown;
}

export interface Api {
  customerPrivacy: { subscribe(name: string, heard: (event: { customerPrivacy: CustomerPrivacy }) => void): unknown };
}
