import { addToCart } from '@klantreis/web';
import { useTouchpoint } from '@klantreis/web/react';
import { Link, useParams } from 'react-router';

const BOOTS = [
  { id: 'hiker-43', name: 'Hiker', price: '129.95', currency: 'EUR' },
  { id: 'walker-43', name: 'Walker', price: '89.95', currency: 'EUR' },
];

export function Home() {
  return (
    <main>
      <title>Boots</title>
      <h1>Boots that last</h1>
      <Link to="/boots">All boots</Link>
    </main>
  );
}

export function Boots() {
  useTouchpoint(['product_list_view', { products: BOOTS.map(({ id }, place) => ({ id, position: place + 1 })) }]);
  return (
    <main>
      <title>All boots</title>
      <h1>All boots</h1>
      {BOOTS.map(({ id, name }) => <Link key={id} to={`/boots/${id}`}>{name}</Link>)}
    </main>
  );
}

export function Product() {
  const { id } = useParams();
  const product = BOOTS.find((one) => one.id == id);
  useTouchpoint(product && ['product_view', { product }]);
  if (!product) return <h1>No such boots</h1>;
  const other = BOOTS.find((one) => one != product)!;
  return (
    <main>
      <title>{product.name}</title>
      <h1>{product.name}</h1>
      <button onClick={() => addToCart({ ...product, quantity: 1 })}>Add to cart</button>
      <Link to={`/boots/${other.id}`}>{other.name}</Link>
    </main>
  );
}
