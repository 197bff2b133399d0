// oidc-client-ts: redirect, silent renewal in both ways, userinfo, session monitoring, logout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertQuiet, leave, logIn, person } from './chromium.js';
import { issuer } from './server.js';
import { settings, site } from './site.js';

const app = await site(
  {
    '/callback': 'oidc-client-ts.html',
    '/oidc-client-ts.js': 'node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js',
  },
  settings({ authority: issuer, client_id: 'frontend-app' }),
);

async function ready(page) {
  await page.waitForURL(`${app}/callback**`);
  await page.waitForFunction(() => window.ready);
  return page.evaluate(() => window.ready);
}

async function loggedIn(context) {
  const page = await context.newPage();
  await page.goto(`${app}/callback`);
  assert.equal(await ready(page), null);
  await leave(page, () => void manager.signinRedirect({ state: { page: 'orders' } }));
  await logIn(page);
  return [page, await ready(page)];
}

test('signinRedirect: state comes back, names from userinfo', async () => {
  const context = await person();
  const [page, user] = await loggedIn(context);
  assert.deepEqual(user.state, { page: 'orders' });
  assert.equal(user.token_type, 'Bearer');
  assert.ok(user.access_token && user.refresh_token && user.id_token && user.session_state);
  assert.equal(user.profile.preferred_username, 'alice');
  assert.ok(user.profile.email);
  assert.ok(user.expires_at > Date.now() / 1000);
  assert.equal(await page.evaluate(async () => (await manager.getUser()).profile.name), user.profile.name);
  assertQuiet(context);
  await context.close();
});

test('silent renewal by refresh token', async () => {
  const context = await person();
  const [page, user] = await loggedIn(context);
  const renewed = await page.evaluate(() => manager.signinSilent());
  assert.notEqual(renewed.access_token, user.access_token);
  assert.notEqual(renewed.refresh_token, user.refresh_token);
  assert.equal(renewed.profile.sub, user.profile.sub);
  assertQuiet(context);
  await context.close();
});

test('silent renewal in a frame with prompt=none', async () => {
  const context = await person();
  const [page, user] = await loggedIn(context);
  await page.evaluate(async () => {
    const known = await manager.getUser();
    delete known.refresh_token;
    await manager.storeUser(known);
  });
  const renewed = await page.evaluate(() => manager.signinSilent());
  assert.notEqual(renewed.access_token, user.access_token);
  assert.equal(renewed.profile.sub, user.profile.sub);
  assert.equal(renewed.profile.sid, user.profile.sid);
  assertQuiet(context);
  await context.close();
});

test('a frame without a session says login_required', async () => {
  const context = await person();
  const page = await context.newPage();
  await page.goto(`${app}/callback`);
  await ready(page);
  const error = await page.evaluate(() => manager.signinSilent().catch((refused) => refused.error));
  assert.equal(error, 'login_required');
  assertQuiet(context);
  await context.close();
});

test('signoutRedirect ends the session, and another tab learns it', async () => {
  const context = await person();
  const [page] = await loggedIn(context);
  const other = await context.newPage();
  await other.goto(`${app}/callback`);
  await ready(other);
  // Nobody has to type anything: the session is there.
  await leave(other, () => void manager.signinRedirect());
  assert.equal((await ready(other)).profile.preferred_username, 'alice');
  await other.waitForTimeout(2_500);
  assert.deepEqual(await other.evaluate(() => events), []);
  await leave(page, () => void manager.signoutRedirect());
  assert.equal(await ready(page), null);
  await other.waitForFunction(() => events.includes('signedOut'));
  assertQuiet(context);
  await context.close();
});

test('a revoked refresh token gives nothing', async () => {
  const context = await person();
  const [page] = await loggedIn(context);
  const refused = await page.evaluate(async () => {
    const { refresh_token } = await manager.getUser();
    await manager.revokeTokens(['refresh_token']);
    const form = { grant_type: 'refresh_token', refresh_token, client_id: manager.settings.client_id };
    const token = await manager.metadataService.getTokenEndpoint();
    const response = await fetch(token, { method: 'POST', body: new URLSearchParams(form) });
    return [response.status, (await response.json()).error];
  });
  assert.deepEqual(refused, [400, 'invalid_grant']);
  await context.close();
});
