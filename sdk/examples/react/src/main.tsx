import { engagement, forms, links, pageViews } from '@klantreis/web';
import { Klantreis } from '@klantreis/web/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Route, Routes } from 'react-router';
import { Boots, Home, Product } from './pages';

const { VITE_KLANTREIS_KEY: key = 'demo', VITE_KLANTREIS_ENDPOINT: endpoint = 'http://127.0.0.1:8080' } = import.meta.env;

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <Klantreis siteKey={key} endpoint={endpoint} features={[pageViews, links, forms, engagement]} />
    <BrowserRouter>
      <Routes>
        <Route path="/" element={<Home />} />
        <Route path="/boots" element={<Boots />} />
        <Route path="/boots/:id" element={<Product />} />
      </Routes>
    </BrowserRouter>
  </StrictMode>,
);
