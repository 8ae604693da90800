// The shop's own script. What happens in it is told to Klantreis here, and only here: the pages say what in data-
// attributes, so that no page needs a script of its own.
'use strict';
{
  // Keeps calls until k.js has come; from docs/web.md.
  window.klantreis ||= { q: [] };
  for (const method of ['track', 'identify', 'consent'])
    window.klantreis[method] ||= (...given) => window.klantreis.q.push([method, ...given]);

  const MONTH_S = 30 * 24 * 3600;
  const MOST = 9;

  const fieldsOf = (element) => JSON.parse(element.dataset.fields || '{}');
  const tell = (type, fields) => window.klantreis.track(type, fields);

  // Ids, numbers and words of our own: nothing that a cookie could not hold as it is.
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? '';
  const setCookie = (name, value, age = MONTH_S) => {
    document.cookie = `${name}=${value}; path=/demo; max-age=${age}; samesite=lax`;
  };

  const readCart = () =>
    new Map(cookie('cart').split('.').filter(Boolean).map((line) => [line.split(':')[0], +line.split(':')[1]]));
  const writeCart = (cart) => {
    setCookie('cart', [...cart].map(([id, count]) => `${id}:${count}`).join('.'));
    const pieces = [...cart.values()].reduce((sum, count) => sum + count, 0);
    for (const badge of document.querySelectorAll('[data-cart-count]')) badge.textContent = pieces;
  };

  const done = (element) => {
    if (!element.dataset.done) return;
    if (element.classList.contains('small')) element.textContent = '✓';
    else element.textContent = element.dataset.done;
    element.disabled = true;
  };

  // A page that was shown.
  const shown = document.querySelector('[data-shown]');
  if (shown) {
    const { shown: type, once } = shown.dataset;
    if (!once || sessionStorage.getItem('told') !== once) tell(type, fieldsOf(shown));
    if (once) sessionStorage.setItem('told', once);
  }

  // A button that was pressed.
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { cartAdd, cartRemove, clicked, choose } = button.dataset;
    const fields = fieldsOf(button);
    const cart = readCart();
    if (cartAdd) {
      const count = +(button.closest('.buy')?.querySelector('[data-quantity]')?.value ?? 1);
      fields.product.quantity = count;
      cart.set(cartAdd, Math.min(MOST, (cart.get(cartAdd) ?? 0) + count));
      writeCart(cart);
    }
    if (clicked) tell(clicked, fields);
    if (cartRemove) {
      cart.delete(cartRemove);
      writeCart(cart);
      location.reload();
    }
    if (choose) {
      setCookie('consent', choose, 12 * MONTH_S);
      window.klantreis.consent(choose);
      showChoice();
    }
    done(button);
  });

  // Something that was unfolded.
  for (const details of document.querySelectorAll('details[data-opened]'))
    details.addEventListener('toggle', () => details.open && tell(details.dataset.opened, fieldsOf(details)));

  // A form that was sent. What was typed into it stays here; what was chosen is told where it is listed.
  const telling = {
    review_written: (form) => ({ feedback: { kind: 'stars', score: +form.elements.score.value, scale: 5 } }),
    support_contact: (form) => ({ contact: { direction: 'inbound', topic: form.elements.topic.value } }),
    warranty_registered: (form) => ({ product: { id: form.elements.product.value } }),
  };
  const hash = async (text) => {
    if (!crypto.subtle) return; // pages without https
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text.trim().toLowerCase()));
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  const order = (form) => {
    const bought = JSON.parse(form.dataset.order);
    const id = `DG-${Date.now().toString(36).toUpperCase()}`;
    const payment = form.elements.payment.value;
    tell('payment', { order: { id, total: bought.order.total, currency: 'EUR', payment } });
    setCookie('order', `${id}~${payment}`);
    setCookie('ordered', cookie('cart'));
    writeCart(new Map());
  };
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    const { sent, next } = form.dataset;
    if (!sent && !next) return;
    event.preventDefault();
    if (sent) {
      tell(sent, { ...fieldsOf(form), ...telling[sent]?.(form) });
      const thanks = document.createElement('p');
      thanks.className = 'done';
      thanks.setAttribute('role', 'status');
      thanks.textContent = form.dataset.done;
      form.replaceChildren(thanks);
    }
    if (form.dataset.order) order(form);
    if (form.elements.email && next) {
      const email_hash = await hash(form.elements.email.value);
      if (email_hash) window.klantreis.identify(`customer-${email_hash.slice(0, 12)}`, { identity: { email_hash } });
    }
    if (next) location = next;
  });

  // What was answered to the question at the bottom. The server writes it into the tag as data-consent.
  function showChoice() {
    for (const button of document.querySelectorAll('[data-choose]'))
      button.setAttribute('aria-pressed', String(button.dataset.choose === (cookie('consent') || 'granted')));
  }
  showChoice();
}
