import Link from 'next/link';
import { BOOTS } from '../boots';
import { Told } from '../told';

export const metadata = { title: 'All boots' };

export default function Boots() {
  return (
    <main>
      <Told type="product_list_view" fields={{ products: BOOTS.map(({ id }, place) => ({ id, position: place + 1 })) }} />
      <h1>All boots</h1>
      {BOOTS.map(({ id, name }) => <Link key={id} href={`/boots/${id}`}>{name}</Link>)}
    </main>
  );
}
