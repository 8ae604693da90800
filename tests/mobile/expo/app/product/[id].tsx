import { productView } from '@klantreis/react-native';
import { useLocalSearchParams } from 'expo-router';
import { useEffect } from 'react';
import { Text } from 'react-native';

export default function Product() {
  const { id } = useLocalSearchParams<{ id: string }>();
  useEffect(() => productView({ id }), [id]);
  return <Text>{id}</Text>;
}
