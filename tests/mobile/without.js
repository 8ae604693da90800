// For both bundlers: with WITHOUT set, the same app with nothing in the SDK's place, to know what the SDK adds.
const resolveRequest = (context, name, platform) =>
  process.env.WITHOUT && name.startsWith('@klantreis/') ? { type: 'empty' } : context.resolveRequest(context, name, platform);

module.exports = { resolver: { resolveRequest } };
