// An app that does what it is told over HTTP until it is told to end: the SDK under the real React Native, against a real
// collector. tests/mobile/react_native.py tells it.
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { phone } = require('../phone/phone');

const HOUR_MS = 3_600_000;
const held = phone();

/** What a request asks for; its answer. */
async function done({ start, link, follow, call, given = [] }) {
  const { phone } = held;
  if (start) {
    await phone.kill();
    fs.rmSync(path.join(phone.folder, 'storage'), { force: true });
    phone.initialURL = link;
    await phone.start(({ lifecycle }) => [lifecycle({ version: '1.0.0' })], start);
  }
  if (follow) phone.follow(follow);
  if (!call) return null;
  const named = phone.sdk[call];
  return typeof named == 'function' ? ((await named(...given)) ?? null) : named;
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return JSON.parse(text);
}

test('an app that is driven', async () => {
  await new Promise((ended, failed) => {
    const server = http.createServer(async (request, response) => {
      try {
        const asked = await body(request);
        response.end(JSON.stringify(await done(asked)));
        if (asked.end) server.close(ended);
      } catch (error) {
        response.writeHead(500).end();
        failed(error);
      }
    });
    server.keepAliveTimeout = 1;
    server.listen(Number(process.env.PORT), '127.0.0.1');
  });
}, HOUR_MS);
