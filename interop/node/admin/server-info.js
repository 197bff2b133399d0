// What the server tells of itself and of who asks; caches.
import assert from 'node:assert/strict';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { clientOf, inRealm, login, notFound, passwordOf, person, refused } from './realm.js';
import { recorded } from './coverage.js';
import { baseUrl, isKeycloak } from './server.js';

inRealm('server info', {}, async (kc, realm) => {
  const info = await kc.serverInfo.find();
  assert.match(info.systemInfo.version, /^\d+\.\d+\.\d+/);
  const openid = info.protocolMapperTypes['openid-connect'].map(({ id }) => id);
  for (const mapper of ['oidc-usermodel-attribute-mapper', 'oidc-audience-mapper', 'oidc-hardcoded-claim-mapper']) {
    assert.ok(openid.includes(mapper), mapper);
  }
  assert.ok(info.passwordPolicies.some(({ id }) => id === 'length'));
  assert.ok(info.componentTypes['org.keycloak.keys.KeyProvider'].some(({ id }) => id === 'rsa-generated'));
  assert.ok(info.enums.eventType.includes('LOGIN'));
  assert.ok(info.clientInstallations['openid-connect'].some(({ id }) => id === 'keycloak-oidc-keycloak-json'));
  assert.ok(Array.isArray(info.profileInfo.disabledFeatures));

  const asked = kc.serverInfo.findEffectiveMessageBundles({ realm, themeType: 'login', locale: 'en' });
  if (!isKeycloak) {
    // By decision: pages are the server's own, without themes, and their texts are not handed out.
    await refused(asked, 404, notFound);
    return;
  }
  const texts = await asked;
  assert.ok(texts.length > 0 && texts.every(({ key, value }) => typeof key === 'string' && typeof value === 'string'));
});

inRealm('who am I', {}, async (kc, realm) => {
  const [console] = await kc.clients.find({ clientId: 'security-admin-console' });
  await kc.clients.update({ id: console.id }, { directAccessGrantsEnabled: true });
  const [management] = await kc.clients.find({ clientId: 'realm-management' });
  const role = await kc.clients.findRole({ id: management.id, roleName: 'view-users' });
  const id = await person(kc, 'anna', { firstName: 'Anna', lastName: 'Berg' });
  await kc.users.addClientRoleMappings({ id, clientUniqueId: management.id, roles: [role] });
  const who = { client_id: 'security-admin-console', username: 'anna', password: passwordOf('anna') };

  const { access_token } = await login(realm, who);
  const anna = clientOf(realm, async () => access_token);
  const { locale, temporary, ...found } = await anna.whoAmI.find({ currentRealm: realm });
  assert.deepEqual(
    { ...found, realm_access: { [realm]: found.realm_access[realm].toSorted() } },
    {
      userId: id,
      realm,
      displayName: 'Anna Berg',
      createRealm: false,
      realm_access: { [realm]: ['query-groups', 'query-users', 'view-users'] },
    },
  );
  // Another client's token is not taken.
  const master = clientOf('master');
  await refused(master.whoAmI.find({ currentRealm: realm }), 403, {
    error: 'Token issued for an application that is not the admin console: admin-cli',
  });
});

inRealm('an administrator of one realm', {}, async (kc, realm) => {
  const [cli] = await kc.clients.find({ clientId: 'admin-cli' });
  assert.equal(cli.directAccessGrantsEnabled, true);
  const [management] = await kc.clients.find({ clientId: 'realm-management' });
  const id = await person(kc, 'anna');
  const role = await kc.clients.findRole({ id: management.id, roleName: 'view-users' });
  const anna = recorded(new KeycloakAdminClient({ baseUrl, realmName: realm }));
  await anna.auth({ grantType: 'password', clientId: 'admin-cli', username: 'anna', password: passwordOf('anna') });
  const forbidden = { error: 'HTTP 403 Forbidden' };
  await refused(anna.users.find(), 403, forbidden);

  // Rights are those of the moment, not those of the token.
  const roles = { id, clientUniqueId: management.id, roles: [role] };
  await kc.users.addClientRoleMappings(roles);
  assert.deepEqual(
    (await anna.users.find()).map(({ username }) => username),
    ['anna'],
  );
  await refused(anna.users.create({ username: 'bert' }), 403, forbidden);
  await refused(anna.clients.find(), 403, forbidden);
  await refused(anna.users.addClientRoleMappings(roles), 403, forbidden);
  await refused(anna.realms.findOne({ realm: 'master' }), 403, forbidden);
  await refused(anna.realms.create({ realm: 'another' }), 403, forbidden);
  assert.deepEqual(
    (await anna.realms.find()).map((found) => found.realm),
    [realm],
  );
  // A realm's name and little else is for everyone who may look at something in it.
  const seen = await anna.realms.findOne({ realm });
  assert.equal(seen.realm, realm);
  assert.equal(seen.smtpServer, undefined);

  await kc.users.delClientRoleMappings(roles);
  await refused(anna.users.find(), 403, forbidden);
  await refused(clientOf(realm, async () => 'nonsense').users.find(), 401, { error: 'HTTP 401 Unauthorized' });
});

inRealm('caches', {}, async (kc) => {
  assert.equal(await kc.cache.clearRealmCache(), '');
  assert.equal(await kc.cache.clearUserCache(), '');
  assert.equal(await kc.cache.clearKeysCache(), '');
  assert.equal(await kc.cache.clearCrlCache(), '');
});
