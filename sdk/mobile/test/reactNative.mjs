// React Native as the bundled SDK sees it where a test holds the device, in `theDevice.native`. That the real one has all of
// this, and behaves so, is tested in tests/mobile/app.
export const { AppState, Dimensions, Linking, Platform } = theDevice.native;
