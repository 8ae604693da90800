import { Klantreis } from '@klantreis/web/next';
import type { ReactNode } from 'react';

const { NEXT_PUBLIC_KLANTREIS_KEY: key = 'demo', NEXT_PUBLIC_KLANTREIS_ENDPOINT: endpoint = 'http://127.0.0.1:8080' } = process.env;

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Klantreis siteKey={key} endpoint={endpoint} vitals />
        {children}
      </body>
    </html>
  );
}
