import AsyncStorage from '@react-native-async-storage/async-storage';
import { asyncStorage, deviceDetails, lifecycle, start } from '@klantreis/react-native';
import { useScreens } from '@klantreis/react-native/expo-router';
import { Stack } from 'expo-router';

void start(
  { key: 'demo', endpoint: 'http://127.0.0.1:8080', storage: asyncStorage(AsyncStorage) },
  lifecycle({ version: '1.0.0' }),
  deviceDetails({ app_name: 'Shop' }),
);

export default function Layout() {
  useScreens();
  return <Stack />;
}
