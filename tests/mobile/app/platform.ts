// What the SDK declares of React Native (sdk/mobile/src/environment.d.ts), held against React Native's own types.
import { mmkv } from '@klantreis/react-native';
import { AppState, Dimensions, Linking, Platform } from 'react-native';
import { createMMKV } from 'react-native-mmkv';

interface Expected {
  AppState: {
    readonly currentState: string | null | undefined;
    addEventListener(type: 'change', heard: (state: string) => void): unknown;
  };
  Dimensions: { get(what: 'screen' | 'window'): { width: number; height: number } };
  Linking: {
    getInitialURL(): Promise<string | null | undefined>;
    addEventListener(type: 'url', heard: (event: { url: string }) => void): unknown;
  };
  Platform: { readonly OS: string; readonly constants: object; readonly Version: string | number };
}

export const platform: Expected = { AppState, Dimensions, Linking, Platform };
export const storage = mmkv(createMMKV());
