// The preset replaces these by functions that do nothing. Here they are the real ones, above native modules of the tests.
jest.unmock('react-native/Libraries/AppState/AppState');
jest.unmock('react-native/Libraries/Linking/Linking');
// MMKV has a stand-in of its own for where its native part is missing, but asks for that part before.
jest.mock('react-native-nitro-modules', () => ({ NitroModules: {} }));
