// The article's single-page app: PKCE by WebCrypto, an API on another origin, refresh on 401, two tabs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { assertQuiet, leave, logIn, person } from './chromium.js';
import { endpoint, issuer } from './server.js';
import { settings, site } from './site.js';

const keys = createRemoteJWKSet(new URL(endpoint('certs')));
const refused = new Set();
const seen = [];

/** An API of its own origin, which validates by the published keys. */
const api = await site({}, async (request, response) => {
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
  response.setHeader('access-control-allow-headers', 'authorization');
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end();
    return true;
  }
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  seen.push(token);
  try {
    if (refused.has(token)) {
      throw new Error('refused');
    }
    const { payload } = await jwtVerify(token, keys, { issuer, audience: 'backend-api', algorithms: ['RS256'] });
    response.writeHead(200).end(payload.sub);
  } catch {
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
  }
  return true;
});

const app = await site(
  { '/callback': 'article.html' },
  settings({ issuer, clientId: 'frontend-app', api: `${api}/orders` }),
);

async function ready(page) {
  await page.waitForURL(`${app}/callback**`);
  await page.waitForFunction(() => window.ready);
  return page.evaluate(() => window.ready);
}

async function loggedIn() {
  const context = await person();
  const page = await context.newPage();
  await page.goto(`${app}/callback`);
  await ready(page);
  await leave(page, () => void login());
  await logIn(page);
  return { context, page, tokens: await ready(page) };
}

test('login, and the API called with the token', async () => {
  const { context, page, tokens } = await loggedIn();
  assert.equal(tokens.token_type, 'Bearer');
  assert.ok(tokens.id_token && tokens.refresh_token && tokens.expires_in > 0);
  assert.deepEqual(tokens.scope.split(' ').sort(), ['email', 'openid', 'profile']);
  const { payload } = await jwtVerify(tokens.id_token, keys, { issuer, audience: 'frontend-app' });
  assert.deepEqual(await page.evaluate(() => call()), { status: 200, body: payload.sub });
  assertQuiet(context);
  await context.close();
});

test('a token that the API refuses is refreshed, and the call repeated once', async () => {
  const { context, page, tokens } = await loggedIn();
  refused.add(tokens.access_token);
  seen.length = 0;
  assert.equal((await page.evaluate(() => call())).status, 200);
  assert.equal(seen.length, 2);
  assert.notEqual(seen[1], tokens.access_token);
  await context.close();
});

test('two tabs that refresh the same token at once both go on', async () => {
  const { context, page } = await loggedIn();
  const other = await context.newPage();
  await other.goto(`${app}/callback`);
  await ready(other);
  for (let round = 0; round < 3; round += 1) {
    // The same one for all: a tab that read it a moment later would send what another one has got meanwhile.
    const { refresh_token: same } = await page.evaluate(() => JSON.parse(localStorage.getItem('tokens')));
    const both = await Promise.all([page, other, page, other].map((tab) => tab.evaluate((sent) => refresh(sent), same)));
    assert.ok(both.every((tokens) => tokens.access_token && tokens.refresh_token));
  }
  assert.equal((await page.evaluate(() => call())).status, 200);
  assert.equal((await other.evaluate(() => call())).status, 200);
  assertQuiet(context);
  await context.close();
});

test('a code is for one use and one verifier', async () => {
  const { context, page } = await loggedIn();
  // Nobody types anything the second time: the session is there.
  const answered = page.waitForRequest((request) => request.url().startsWith(`${app}/callback?`));
  await leave(page, () => void login());
  const code = new URL((await answered).url()).searchParams.get('code');
  await ready(page);
  const form = { grant_type: 'authorization_code', client_id: 'frontend-app', code, redirect_uri: `${app}/callback` };
  const spent = await fetch(endpoint('token'), {
    method: 'POST',
    body: new URLSearchParams({ ...form, code_verifier: 'x'.repeat(43) }),
  });
  assert.deepEqual([spent.status, (await spent.json()).error], [400, 'invalid_grant']);
  await context.close();
});
