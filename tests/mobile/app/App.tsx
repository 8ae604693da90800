// The worked example of docs/mobile.md: a shop of two screens.
import AsyncStorage from '@react-native-async-storage/async-storage';
import NetInfo from '@react-native-community/netinfo';
import { NavigationContainer, createNavigationContainerRef } from '@react-navigation/native';
import { addToCart, asyncStorage, deviceDetails, lifecycle, reconnect, screens, start, track } from '@klantreis/react-native';
import { useEffect } from 'react';
import { Button, Text, View } from 'react-native';

const version = '1.0.0';
const navigation = createNavigationContainerRef();

void start(
  { key: 'demo', endpoint: 'http://127.0.0.1:8080', storage: asyncStorage(AsyncStorage) },
  lifecycle({ version }),
  screens(navigation),
  deviceDetails({ app_name: 'Shop', app_version: version }),
  reconnect(NetInfo),
);

function Product() {
  useEffect(() => track('product_view', { product: { id: 'hiker-43', price: '129.95', currency: 'EUR' } }), []);
  return (
    <View>
      <Text>Hiker</Text>
      <Button title="In the cart" onPress={() => addToCart({ id: 'hiker-43', price: '129.95', currency: 'EUR', quantity: 1 })} />
    </View>
  );
}

export default function App() {
  return (
    <NavigationContainer ref={navigation}>
      <Product />
    </NavigationContainer>
  );
}
