// Screens of the real React Navigation, with a navigator of its own core.
const { phone, until } = require('../phone/phone');

const held = phone();

/** An app of two nested navigators, mounted; gives what a person would do with it. */
async function shop(naming) {
  let navigation;
  await held.phone.start((sdk) => {
    const { createNavigationContainerRef } = require('@react-navigation/native');
    navigation = createNavigationContainerRef();
    return [sdk.lifecycle(), sdk.screens(navigation, naming)];
  });
  const { createElement } = require('react');
  const { act, create } = require('react-test-renderer');
  const { NavigationContainer, StackRouter, createNavigatorFactory, useNavigationBuilder } = require('@react-navigation/native');
  const Stack = createNavigatorFactory(function Navigator(props) {
    const { NavigationContent, descriptors, state } = useNavigationBuilder(StackRouter, props);
    const { key } = state.routes[state.index];
    return createElement(NavigationContent, null, descriptors[key].render());
  })();
  const Blank = () => null;
  const screens = (names) => names.map((name) => createElement(Stack.Screen, { key: name, name, component: Blank }));
  const Nested = () => createElement(Stack.Navigator, null, ...screens(['Basket', 'Payment']));
  const checkout = createElement(Stack.Screen, { key: 'Checkout', name: 'Checkout', component: Nested });
  const root = createElement(Stack.Navigator, null, ...screens(['Home', 'Product']), checkout);
  await act(async () => void create(createElement(NavigationContainer, { ref: navigation }, root)));
  return (work) => act(async () => work(navigation));
}

const seen = () => held.phone.collector.of('screen_view').map(({ screen }) => screen);

test('each screen is told once, with the one before it; parameters of a screen are no other screen and are not told', async () => {
  const person = await shop();
  for (const step of [
    (at) => at.navigate('Product', { email: 'anna@example.org' }),
    (at) => at.setParams({ size: 43 }),
    (at) => at.goBack(),
    (at) => at.navigate('Checkout', { screen: 'Payment' }),
  ]) {
    await held.phone.sdk.kept();
    await person(step);
  }
  await held.phone.sdk.flush();
  expect(seen()).toEqual([
    { name: 'Home' },
    { name: 'Product', previous: 'Home' },
    { name: 'Home', previous: 'Product' },
    { name: 'Payment', previous: 'Home' },
  ]);
  expect(held.phone.collector.types()).toEqual(['app_installed', 'app_opened', ...Array(4).fill('screen_view')]);
  expect(JSON.stringify(held.phone.collector.requests)).not.toContain('anna');
});

test('two products in a row are two screens, and what happens on a screen says where it was', async () => {
  const person = await shop({ kind: ({ name }) => (name == 'Product' ? 'product' : undefined) });
  await held.phone.sdk.kept();
  const { StackActions } = require('@react-navigation/native');
  for (let product = 0; product < 2; product++) {
    await person((at) => at.dispatch(StackActions.push('Product')));
    await held.phone.sdk.kept();
  }
  held.phone.sdk.track('cart_add', { product: { id: 'hiker-43' } });
  await held.phone.sdk.flush();
  expect(seen().map(({ name, kind }) => [name, kind])).toEqual([['Home', undefined], ['Product', 'product'], ['Product', 'product']]);
  expect(held.phone.collector.of('cart_add')[0].screen).toEqual({ name: 'Product', kind: 'product' });
});

test('a screen without a name is not told', async () => {
  const person = await shop({ name: ({ name }) => (name == 'Product' ? undefined : name.toLowerCase()) });
  await held.phone.sdk.kept();
  await person((at) => at.navigate('Product'));
  await held.phone.sdk.kept();
  await person((at) => at.goBack());
  await held.phone.sdk.flush();
  expect(seen()).toEqual([{ name: 'home' }, { name: 'home', previous: 'home' }]);
});

test('a screen told by hand before the storage has been read is told after it', async () => {
  const sdk = await held.phone.boot();
  sdk.screen('Welcome', 'home');
  sdk.productView({ id: 'hiker-43' });
  const told = Date.now();
  held.phone.pass(1);
  const { createAsyncStorage } = require('@react-native-async-storage/async-storage');
  await sdk.start({ key: 'demo', endpoint: held.phone.collector.url, storage: sdk.asyncStorage(createAsyncStorage('k')) });
  await sdk.flush();
  expect(held.phone.collector.types()).toEqual(['screen_view', 'product_view']);
  expect(held.phone.collector.touchpoints.every((one) => one.occurred_at <= told)).toBe(true);
  await until(() => held.phone.collector.touchpoints.length == 2);
});
