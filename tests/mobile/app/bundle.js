// Bundles the app for release with Metro, as `react-native bundle` does: the platform, then where the bundle goes.
const Metro = require('metro');
const path = require('node:path');

const [platform, out] = process.argv.slice(2);
Metro.loadConfig({ config: path.join(__dirname, 'metro.config.js') })
  .then((config) => Metro.runBuild(config, { dev: false, entry: 'index.js', minify: true, out, platform }))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
