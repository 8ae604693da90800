import Link from 'next/link';
import { notFound } from 'next/navigation';
import { BOOTS } from '../../boots';
import { AddToCart, Told } from '../../told';

type Params = { params: Promise<{ id: string }> };

const found = async ({ params }: Params) => {
  const { id } = await params;
  return BOOTS.find((one) => one.id == id);
};

export async function generateMetadata(given: Params) {
  return { title: (await found(given))?.name };
}

export default async function Product(given: Params) {
  const product = await found(given);
  if (!product) notFound();
  const other = BOOTS.find((one) => one != product)!;
  return (
    <main>
      <Told type="product_view" fields={{ product }} />
      <h1>{product.name}</h1>
      <AddToCart product={product} />
      <Link href={`/boots/${other.id}`}>{other.name}</Link>
    </main>
  );
}
