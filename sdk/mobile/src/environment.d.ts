/**
 * What the SDK uses of React Native and Expo Router, no more than that; `tests/mobile/app` holds it against their own types.
 * So the SDK is built and checked without installing them.
 */
declare module 'react-native' {
  export const AppState: {
    readonly currentState: string | null | undefined;
    addEventListener(type: 'change', heard: (state: string) => void): unknown;
  };
  export const Dimensions: { get(what: 'screen' | 'window'): { width: number; height: number } };
  export const Linking: {
    getInitialURL(): Promise<string | null | undefined>;
    addEventListener(type: 'url', heard: (event: { url: string }) => void): unknown;
  };
  export const Platform: { readonly OS: string; readonly constants: object; readonly Version: string | number };
}

declare module 'react' {
  export function useEffect(effect: () => void, dependencies: readonly unknown[]): void;
}

declare module 'expo-router' {
  export function usePathname(): string;
  export function useSegments(): readonly string[];
}
