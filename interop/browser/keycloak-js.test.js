// keycloak-js: login, names, refresh, silent check, login status, logout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertQuiet, leave, logIn, person } from './chromium.js';
import { issuer } from './server.js';
import { settings, site } from './site.js';

const [url, realm] = issuer.split('/realms/');
const app = await site(
  { '/callback': 'keycloak-js.html', '/keycloak.js': 'node_modules/keycloak-js/lib/keycloak.js' },
  settings({ url, realm, clientId: 'frontend-app' }),
);

/** The application in a tab; whether keycloak-js says that somebody is logged in. */
async function open(context) {
  const page = await context.newPage();
  await page.goto(`${app}/callback`);
  return [page, await ready(page)];
}

async function ready(page) {
  await page.waitForURL(`${app}/callback**`);
  await page.waitForFunction(() => window.ready);
  return page.evaluate(() => window.ready);
}

async function loggedIn(context) {
  const [page] = await open(context);
  await leave(page, () => void keycloak.login());
  await logIn(page);
  assert.equal(await ready(page), true);
  return page;
}

test('login, and names from the ID token, the profile and userinfo', async () => {
  const context = await person();
  const [page, before] = await open(context);
  assert.equal(before, false, 'silent check without a session');
  await leave(page, () => void keycloak.login());
  await logIn(page);
  assert.equal(await ready(page), true);
  assert.equal(new URL(page.url()).hash, '', 'keycloak-js takes the answer out of the address');
  const { id, access, subject, sessionId, profile, userInfo } = await page.evaluate(async () => ({
    id: keycloak.idTokenParsed,
    access: keycloak.tokenParsed,
    subject: keycloak.subject,
    sessionId: keycloak.sessionId,
    profile: await keycloak.loadUserProfile(),
    userInfo: await keycloak.loadUserInfo(),
  }));
  assert.equal(id.preferred_username, 'alice');
  assert.equal(access.preferred_username, 'alice');
  assert.ok(id.name && id.given_name && id.email);
  assert.ok(access.realm_access.roles.includes('manager'));
  assert.equal(await page.evaluate(() => keycloak.hasRealmRole('customer')), true);
  assert.equal(subject, id.sub);
  assert.ok(sessionId && sessionId === access.sid);
  assert.deepEqual([profile.username, profile.email, profile.firstName], ['alice', id.email, id.given_name]);
  assert.deepEqual([userInfo.sub, userInfo.name], [id.sub, id.name]);
  assertQuiet(context);
  await context.close();
});

test('refresh', async () => {
  const context = await person();
  const page = await loggedIn(context);
  const tokens = () => page.evaluate(() => [keycloak.token, keycloak.refreshToken, keycloak.refreshTokenParsed.typ]);
  const first = await tokens();
  assert.equal(first[2], 'Refresh');
  assert.equal(await page.evaluate(() => keycloak.updateToken(5)), false, 'still fresh');
  assert.equal(await page.evaluate(() => keycloak.updateToken(-1)), true);
  const second = await tokens();
  assert.notEqual(second[0], first[0]);
  assert.notEqual(second[1], first[1]);
  // Three parts of one page at once, as applications do.
  assert.deepEqual(
    await page.evaluate(() => Promise.all([1, 2, 3].map(() => keycloak.updateToken(-1)))),
    [true, true, true],
  );
  assertQuiet(context);
  await context.close();
});

test('a second tab and a reload are logged in silently', async () => {
  const context = await person();
  const page = await loggedIn(context);
  const [other, silent] = await open(context);
  assert.equal(silent, true);
  assert.equal(await other.evaluate(() => keycloak.idTokenParsed.preferred_username), 'alice');
  await page.reload();
  assert.equal(await ready(page), true);
  assertQuiet(context);
  await context.close();
});

test('logout ends the session, and another tab learns it from the login status frame', async () => {
  const context = await person();
  const page = await loggedIn(context);
  const [other] = await open(context);
  // The frame is asked each second; as long as the session lives nothing happens.
  await other.waitForTimeout(2_500);
  assert.equal(await other.evaluate(() => keycloak.authenticated), true);
  await leave(page, () => void keycloak.logout());
  assert.equal(await ready(page), false, 'back at the application, logged out');
  await other.waitForFunction(() => events.includes('onAuthLogout'));
  assert.equal(await other.evaluate(() => keycloak.authenticated), false);
  assertQuiet(context);
  await context.close();
});

test('logout by POST', async () => {
  const context = await person();
  const page = await loggedIn(context);
  await leave(page, () => void keycloak.logout({ logoutMethod: 'POST' }));
  assert.equal(await ready(page), false);
  assertQuiet(context);
  await context.close();
});
