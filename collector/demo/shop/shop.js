// What a shop's developer writes. The SDK tells of page views by itself; here is what only the shop knows.
// Until k.js has loaded, calls wait in a list (this stub is in docs/web.md).
const calls = [];
window.klantreis ??= { q: calls, ...Object.fromEntries(['track', 'identify', 'consent'].map((name) => [name, (...given) => calls.push([name, ...given])])) };
const track = (type, fields) => window.klantreis.track(type, fields);

const { kind, about } = document.body.dataset;
const subject = about ? JSON.parse(about) : {};

// The cart: in the browser alone, so that the shop works while everything else is down.
const cart = JSON.parse(localStorage.getItem('cart') ?? '[]');
const cents = (price) => Math.round(Number(price) * 100);
const total = () => (cart.reduce((sum, line) => sum + cents(line.price) * line.quantity, 0) / 100).toFixed(2);
const order = () => ({ total: total(), currency: 'EUR' });

function keep() {
  localStorage.setItem('cart', JSON.stringify(cart));
  document.querySelector('[data-cart-count]').textContent = cart.reduce((count, line) => count + line.quantity, 0);
  document.querySelectorAll('[data-cart]').forEach(show);
}

function show(box) {
  box.replaceChildren(...cart.map((line) => row(`${line.quantity} × ${line.name}`, `€ ${line.price}`, box.dataset.remove, () => remove(line))));
  box.append(cart.length ? row(box.dataset.total, `€ ${total()}`) : box.dataset.empty);
}

function row(left, right, remove, removed) {
  const line = document.createElement('div');
  line.className = 'line';
  const name = document.createElement('span');
  name.textContent = left;
  const price = document.createElement('span');
  price.textContent = right;
  line.append(name, price);
  if (remove) {
    const button = document.createElement('button');
    button.className = 'link';
    button.textContent = remove;
    button.onclick = removed;
    line.append(button);
  }
  return line;
}

function add(product) {
  const line = cart.find((one) => one.id === product.id);
  if (line) line.quantity += 1;
  else cart.push({ ...product, quantity: 1 });
  keep();
  track('cart_add', { product: { ...product, quantity: 1 }, order: order() });
}

function remove(line) {
  cart.splice(cart.indexOf(line), 1);
  keep();
  track('cart_remove', { product: line, order: order() });
}

// What each page means.
if (kind === 'product') track('product_view', { product: subject.product });
if (kind === 'category') track('product_list_view', { properties: { category: subject.category } });
if (kind === 'search') track('search', { search: { term: subject.term, results: subject.results } });
if (kind === 'review') track('review_read', { product: subject.product });
if (kind === 'manual') track('manual_read', { product: subject.product });
if (kind === 'cart') track('cart_view', { products: cart, order: order() });
if (kind === 'checkout') track('checkout_step', { order: { ...order(), step: 1, step_name: 'address' }, products: cart });
if (kind === 'thanks') document.querySelector('[data-order-id]').textContent = sessionStorage.getItem('order') ?? '';
keep();

const done = (element, text) => {
  const button = element.matches('button') ? element : element.querySelector('button');
  button.textContent = text;
  button.disabled = true;
};

// Buttons and forms say in `data-track` what they mean; the values of forms stay in the page but for what is named here.
function fieldsOf(element) {
  const data = element.matches('form') ? new FormData(element) : new FormData();
  return {
    ...(subject.product && { product: subject.product }),
    ...(data.has('score') && { feedback: { kind: 'stars', score: Number(data.get('score')), scale: 5 } }),
    ...(data.has('topic') && { contact: { topic: data.get('topic'), repeated: data.has('repeated'), direction: 'inbound' } }),
    ...(element.dataset.score && { feedback: { kind: 'nps', score: Number(element.dataset.score), scale: 10 } }),
    ...(element.dataset.confirmation && { order: { id: sessionStorage.getItem('order') ?? undefined, confirmation: element.dataset.confirmation } }),
    ...(element.dataset.channel && { channel: element.dataset.channel }),
  };
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.track) {
    event.preventDefault();
    track(form.dataset.track, fieldsOf(form));
    done(form, form.dataset.thanks);
  } else if ('checkoutForm' in form.dataset) {
    event.preventDefault();
    pay(form);
  }
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { track: type, reveal, shows, thanks } = button.dataset;
  if (type) {
    track(type, fieldsOf(button));
    done(button, thanks);
  } else if (reveal) {
    track(reveal, { ...(button.dataset.store && { store: JSON.parse(button.dataset.store) }) });
    done(button, shows);
  } else if ('add' in button.dataset) {
    add(subject.product);
  } else if ('share' in button.dataset) {
    track('share', { product: subject.product });
    navigator.clipboard?.writeText(location.href);
    done(button, '✓');
  } else if ('next' in button.dataset) next(button.closest('fieldset'));
});

function next(step) {
  if (![...step.querySelectorAll('input')].every((input) => input.reportValidity())) return;
  const following = step.nextElementSibling;
  step.hidden = true;
  following.hidden = false;
  const { step: number, stepName } = following.dataset;
  track('checkout_step', { order: { ...order(), step: Number(number), step_name: stepName } });
}

function pay(form) {
  const id = `G${Date.now().toString(36).toUpperCase()}`;
  const payment = new FormData(form).get('payment');
  track('payment', { order: { ...order(), id, payment } });
  track('order', { order: { ...order(), id, payment }, products: cart });
  sessionStorage.setItem('order', id);
  cart.length = 0;
  keep();
  location.assign(form.dataset.thanksPage);
}
