import { Link } from 'expo-router';

export default function Home() {
  return <Link href="/product/hiker-43">Hiker</Link>;
}
