import { allowed } from '../../../core/src/consent.js';
import { retry } from '../../../core/src/delivery.js';
import { use } from '../../../core/src/record.js';
import type { Feature } from '../start.js';

interface State {
  isConnected?: boolean | null | undefined;
  type?: string | undefined;
}

/** What the SDK uses of `@react-native-community/netinfo`, or of `expo-network`. */
export type Network =
  | { addEventListener(heard: (state: State) => void): unknown }
  | { addNetworkStateListener(heard: (state: State) => void): unknown };

/** Sends at once when the network is back, and with consent tells what kind of network it is. */
export const reconnect = (network: Network): Feature => () => {
  let now: State = {};
  const heard = (state: State): void => {
    if (state.isConnected && now.isConnected === false) retry();
    now = state;
  };
  if ('addEventListener' in network) network.addEventListener(heard);
  else network.addNetworkStateListener(heard);
  use((touchpoint) => {
    if (allowed() && now.type) touchpoint.context = { ...touchpoint.context, network: now.type.toLowerCase() };
    return touchpoint;
  });
};
