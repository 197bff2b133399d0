// A realm for each test, the administrator's client, and the tokens of those whom a test makes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import KeycloakAdminClient, { NetworkError } from '@keycloak/keycloak-admin-client';
import { recorded } from './coverage.js';
import { baseUrl, credentials, isKeycloak } from './server.js';

/** Refreshes its token in its own realm, so it keeps to `master`. */
const administrator = new KeycloakAdminClient({ baseUrl });
await administrator.auth(credentials);

/** True once a test has failed: what was not called then says nothing. */
export let failed = false;

/** The client with `realm` in its paths, by default with the administrator's token. */
export function clientOf(realm, getAccessToken = () => administrator.getAccessToken()) {
  const kc = recorded(new KeycloakAdminClient({ baseUrl, realmName: realm }));
  kc.registerTokenProvider({ getAccessToken });
  return kc;
}

/** A test in a realm of its own, which is gone afterwards. */
export function inRealm(name, settings, body) {
  test(name, async () => {
    const realm = `npm-${randomUUID()}`;
    const kc = clientOf(realm);
    try {
      assert.deepEqual(await kc.realms.create({ realm, enabled: true, ...settings }), { realmName: realm });
      await body(kc, realm);
    } catch (error) {
      failed = true;
      // What the test was about is told, not what is in the way of tidying up.
      await kc.realms.del({ realm }).catch(() => {});
      throw error;
    }
    await kc.realms.del({ realm });
  });
}

/** The call fails with this status, and the body that the client gives to its caller, or a pattern of its text. */
export async function refused(call, status, data) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof NetworkError, error);
    const found = error.responseData;
    if (data instanceof RegExp) {
      assert.match(found.errorMessage ?? found.error, data);
      assert.equal(error.response.status, status);
    } else {
      assert.deepEqual({ status: error.response.status, data: found }, { status, data });
    }
    return true;
  });
}

/** What no handler answers for: unknown paths, and things of a kind that has no text of its own. */
export const notFound = { error: 'HTTP 404 Not Found' };

/** The answer of the token endpoint of a realm, its status among it. */
export async function token(realm, parameters) {
  const response = await fetch(`${baseUrl}/realms/${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', scope: 'openid', ...parameters }),
  });
  return { status: response.status, ...(await response.json()) };
}

/** The same where it must succeed, with the claims of the access token. */
export async function login(realm, parameters) {
  const answer = await token(realm, parameters);
  assert.equal(answer.status, 200, JSON.stringify(answer));
  return { ...answer, claims: claims(answer.access_token) };
}

export const claims = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());

/** A public client that takes passwords; its id. */
export async function passwordClient(kc, clientId = 'password-app', more = {}) {
  const { id } = await kc.clients.create({ clientId, publicClient: true, directAccessGrantsEnabled: true, ...more });
  return id;
}

/** A user who is whole: nothing is left to do at login. */
export async function person(kc, username, more = {}) {
  const { id } = await kc.users.create({
    username,
    enabled: true,
    email: `${username}@example.com`,
    emailVerified: true,
    firstName: 'First',
    lastName: username,
    credentials: [{ type: 'password', value: passwordOf(username), temporary: false }],
    ...more,
  });
  return id;
}

export const passwordOf = (username) => `password of ${username}`;

/** The keys of a new realm. By decision Keyward's are others: none that encrypt, one for each way that it signs. */
export const keyProviders = isKeycloak
  ? ['aes-generated', 'hmac-generated-hs512', 'rsa-enc-generated', 'rsa-generated']
  : ['ecdsa-generated', 'eddsa-generated', 'hmac-generated', 'rsa-generated', 'rsa-generated-ps256'];

export const names = (list) => list.map(({ name }) => name).sort();
