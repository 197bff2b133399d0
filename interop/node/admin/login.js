// How the client itself logs in, and stays so.
import assert from 'node:assert/strict';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { claims, inRealm, passwordOf, person, refused } from './realm.js';
import { baseUrl, isKeycloak } from './server.js';

/** Gives a user of the realm the right to look at users. */
async function mayViewUsers(kc, id) {
  const [management] = await kc.clients.find({ clientId: 'realm-management' });
  const roles = [await kc.clients.findRole({ id: management.id, roleName: 'view-users' })];
  await kc.users.addClientRoleMappings({ id, clientUniqueId: management.id, roles });
}

// The client takes a token with less than five seconds to live for expired.
inRealm('login of the client: password, refreshed', { accessTokenLifespan: 4 }, async (kc, realm) => {
  await mayViewUsers(kc, await person(kc, 'anna'));
  const anna = new KeycloakAdminClient({ baseUrl, realmName: realm });
  const who = { grantType: 'password', clientId: 'admin-cli', username: 'anna', password: passwordOf('anna') };
  await anna.auth({ ...who, scopes: ['openid', 'profile'] });
  const first = anna.accessToken;
  assert.deepEqual(claims(first).scope.split(' ').sort(), ['email', 'openid', 'profile']);
  assert.equal((await anna.users.find()).length, 1);
  assert.notEqual(anna.accessToken, first);
  assert.equal(claims(anna.accessToken).sid, claims(first).sid);

  await anna.auth({ ...who, offlineToken: true });
  assert.equal(claims(anna.refreshToken).typ, 'Offline');
  assert.equal((await anna.users.find()).length, 1);

  await refused(anna.auth({ ...who, password: 'wrong' }), 400, {
    error: 'invalid_grant',
    error_description: 'Invalid user credentials',
  });
});

inRealm('login of the client: client credentials', {}, async (kc, realm) => {
  const clientSecret = 'a secret: with/signs+';
  const { id } = await kc.clients.create({ clientId: 'robot', secret: clientSecret, serviceAccountsEnabled: true });
  const robot = new KeycloakAdminClient({ baseUrl, realmName: realm });
  const who = { grantType: 'client_credentials', clientId: 'robot', clientSecret };
  await robot.auth(who);
  await refused(robot.users.find(), 403, { error: 'HTTP 403 Forbidden' });
  await mayViewUsers(kc, (await kc.clients.getServiceAccountUser({ id })).id);
  assert.deepEqual(await robot.users.find(), []);
  await refused(robot.auth({ ...who, clientSecret: 'wrong' }), 401, {
    // By decision: a client that did not prove who it is is `invalid_client` (RFC 6749 §5.2).
    error: isKeycloak ? 'unauthorized_client' : 'invalid_client',
    error_description: 'Invalid client or Invalid client credentials',
  });
});
