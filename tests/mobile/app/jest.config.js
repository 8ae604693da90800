// The real React Native under its own preset; below it, native modules of the tests.
const babel = ['babel-jest', { presets: [require.resolve('@react-native/babel-preset')], babelrc: false, configFile: false }];

module.exports = {
  preset: '@react-native/jest-preset',
  moduleFileExtensions: ['js', 'mjs', 'ts', 'tsx', 'json'],
  // The SDK as it is published, outside of this folder.
  moduleNameMapper: { '^@klantreis/react-native$': '<rootDir>/../../../sdk/mobile/dist/index.js' },
  modulePaths: ['<rootDir>/node_modules'],
  setupFiles: ['<rootDir>/phone/unmock.js'],
  testMatch: ['<rootDir>/tests/*.test.js'],
  testTimeout: 60_000,
  transform: { '^.+\\.(m?js|tsx?)$': babel },
  transformIgnorePatterns: ['node_modules/(?!((jest-)?react-native(-[\\w-]+)?|@react-native(-community|-async-storage)?|@react-navigation)/)'],
};
