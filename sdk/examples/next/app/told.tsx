'use client';

import { addToCart, type Fields, type Product } from '@klantreis/web';
import { useTouchpoint } from '@klantreis/web/next';

/** Lets a page that is rendered on the server tell of something when it is shown. */
export function Told({ type, fields }: { type: string; fields: Fields }) {
  useTouchpoint([type, fields]);
  return null;
}

export function AddToCart({ product }: { product: Product }) {
  return <button onClick={() => addToCart({ ...product, quantity: 1 })}>Add to cart</button>;
}
