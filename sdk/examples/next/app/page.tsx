import Link from 'next/link';

export const metadata = { title: 'Boots' };

export default function Home() {
  return (
    <main>
      <h1>Boots that last</h1>
      <Link href="/boots">All boots</Link>
    </main>
  );
}
