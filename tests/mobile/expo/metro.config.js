const { getDefaultConfig } = require('expo/metro-config');

const config = getDefaultConfig(__dirname);
config.resolver.resolveRequest = require('../without.js').resolver.resolveRequest;
module.exports = config;
