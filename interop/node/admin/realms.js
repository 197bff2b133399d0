// realms: representations, import and export, keys, localization, initial access tokens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  claims,
  clientOf,
  inRealm,
  keyProviders,
  login,
  names,
  passwordClient,
  passwordOf,
  person,
  refused,
} from './realm.js';
import { baseUrl, isKeycloak } from './server.js';

const noRealm = { error: 'Realm not found.' };

inRealm('realms: create, read, update, delete', { displayName: 'A realm' }, async (kc, realm) => {
  const found = await kc.realms.findOne({ realm });
  const expected = {
    realm,
    displayName: 'A realm',
    enabled: true,
    notBefore: 0,
    sslRequired: 'external',
    registrationAllowed: false,
    loginWithEmailAllowed: true,
    duplicateEmailsAllowed: false,
    editUsernameAllowed: false,
    bruteForceProtected: false,
    failureFactor: 30,
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: 1800,
    ssoSessionMaxLifespan: 36000,
    offlineSessionIdleTimeout: 2592000,
    accessCodeLifespan: 60,
    revokeRefreshToken: false,
    refreshTokenMaxReuse: 0,
    defaultSignatureAlgorithm: 'RS256',
    otpPolicyType: 'totp',
    otpPolicyAlgorithm: 'HmacSHA1',
    otpPolicyDigits: 6,
    otpPolicyPeriod: 30,
    eventsEnabled: false,
    adminEventsEnabled: false,
    browserFlow: 'browser',
    directGrantFlow: 'direct grant',
    organizationsEnabled: false,
    userManagedAccessAllowed: false,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]])), expected);
  assert.equal(found.defaultRole.name, `default-roles-${realm}`);

  // What an update does not name stays.
  const change = { accessTokenLifespan: 60, passwordPolicy: 'length(8)', attributes: { frontendUrl: '' } };
  assert.equal(await kc.realms.update({ realm }, change), '');
  const changed = await kc.realms.findOne({ realm });
  assert.deepEqual(
    [changed.accessTokenLifespan, changed.passwordPolicy, changed.displayName],
    [60, 'length(8)', 'A realm'],
  );
  await passwordClient(kc);
  await person(kc, 'anna');
  const who = { client_id: 'password-app', username: 'anna', password: passwordOf('anna') };
  assert.equal((await login(realm, who)).expires_in, 60);

  const all = await kc.realms.find({ briefRepresentation: true });
  assert.deepEqual(
    all.find((one) => one.realm === realm),
    { id: found.id, realm, displayName: 'A realm', enabled: true },
  );
  assert.ok(all.some((one) => one.realm === 'master'));
});

inRealm('realms: what is refused', {}, async (kc, realm) => {
  await refused(kc.realms.create({ realm }), 409, { errorMessage: `Realm ${realm} already exists` });
  await refused(kc.realms.create({}), 400, { errorMessage: 'Realm name cannot be empty' });
  // By decision: a name has 1 to 60 of A-Z, a-z, 0-9, `-`, `_` and `.`, and the answer says so.
  const slash = isKeycloak ? { error: "Character '/' not allowed." } : /^a realm name has 1 to 60 characters/;
  await refused(kc.realms.create({ realm: 'a/b' }), 400, slash);
  const unknown = { realm: `unknown-${randomUUID()}` };
  assert.equal(await kc.realms.findOne(unknown), null);
  await refused(kc.realms.update(unknown, { enabled: true }), 404, noRealm);
  await refused(kc.realms.del(unknown), 404, noRealm);
  await refused(kc.realms.del({ realm: 'master' }), 400, { errorMessage: "Can't remove master realm" });
});

inRealm('realms: one from a file, its name changed', {}, async (kc) => {
  const [realm, renamed] = [`npm-${randomUUID()}`, `npm-${randomUUID()}`];
  const whole = {
    realm,
    enabled: true,
    roles: { realm: [{ name: 'clerk', attributes: { a: ['b'] } }], client: { shop: [{ name: 'read' }] } },
    groups: [{ name: 'staff', realmRoles: ['clerk'], subGroups: [{ name: 'night' }] }],
    clients: [{ clientId: 'shop', publicClient: true, directAccessGrantsEnabled: true }],
    users: [
      {
        username: 'anna',
        enabled: true,
        email: 'anna@example.com',
        firstName: 'Anna',
        lastName: 'Berg',
        credentials: [{ type: 'password', value: 'secret', temporary: false }],
        clientRoles: { shop: ['read'] },
        groups: ['/staff/night'],
      },
    ],
  };
  const made = clientOf(realm);
  await made.realms.create(whole);
  try {
    const who = { client_id: 'shop', username: 'anna', password: 'secret' };
    const { claims } = await login(realm, who);
    assert.deepEqual([claims.realm_access.roles, claims.resource_access], [['clerk'], { shop: { roles: ['read'] } }]);
    assert.deepEqual(
      names((await made.groups.findOne(await made.realms.getGroupByPath({ realm, path: 'staff' }))).subGroups),
      [],
    );
    await made.realms.update({ realm }, { realm: renamed });
    assert.equal(await made.realms.findOne({ realm }), null);
    assert.equal((await login(renamed, who)).claims.iss, `${baseUrl}/realms/${renamed}`);
  } finally {
    for (const name of [realm, renamed]) {
      await kc.realms.del({ realm: name }).catch(() => {});
    }
  }
});

inRealm('realms: partial import', {}, async (kc, realm) => {
  const rep = {
    clients: [{ clientId: 'shop' }],
    groups: [{ name: 'staff', path: '/staff' }],
    identityProviders: [{ alias: 'elsewhere', providerId: 'oidc', config: {} }],
    roles: { realm: [{ name: 'clerk' }], client: { shop: [{ name: 'read' }] } },
    users: [{ username: 'anna', email: 'anna@example.com' }],
  };
  const load = (ifResourceExists, what = rep) => kc.realms.partialImport({ realm, rep: { ifResourceExists, ...what } });
  const first = await load('FAIL');
  assert.deepEqual([first.added, first.skipped, first.overwritten], [6, 0, 0]);
  const told = first.results.map(
    ({ action, resourceType, resourceName }) => `${action} ${resourceType} ${resourceName}`,
  );
  assert.deepEqual(told.sort(), [
    'ADDED CLIENT shop',
    'ADDED CLIENT_ROLE shop-->read',
    'ADDED GROUP staff',
    'ADDED IDP elsewhere',
    'ADDED REALM_ROLE clerk',
    'ADDED USER anna',
  ]);
  await refused(load('FAIL', { users: rep.users }), 409, { errorMessage: 'User with user name anna already exists.' });
  const skipped = await load('SKIP', { users: [...rep.users, { username: 'bert' }] });
  assert.deepEqual([skipped.added, skipped.skipped, skipped.overwritten], [1, 1, 0]);
  const over = await load('OVERWRITE', { users: [{ username: 'anna', email: 'new@example.com' }] });
  assert.deepEqual([over.added, over.skipped, over.overwritten], [0, 0, 1]);
  const [anna] = await kc.users.find({ username: 'anna', exact: true });
  assert.equal(anna.email, 'new@example.com');
  // Those who are imported get what the file says and nothing else.
  assert.deepEqual(await kc.users.listRealmRoleMappings({ id: anna.id }), []);
});

inRealm('realms: partial export', {}, async (kc, realm) => {
  const id = await passwordClient(kc, 'shop');
  await kc.clients.create({ clientId: 'backend', secret: 's3cret' });
  await kc.clients.createRole({ id, name: 'read' });
  await kc.roles.create({ name: 'clerk' });
  await kc.groups.create({ name: 'staff' });
  await person(kc, 'anna');

  const bare = await kc.realms.export({ realm });
  assert.equal(bare.realm, realm);
  assert.deepEqual([bare.clients, bare.groups, bare.roles, bare.users], [undefined, undefined, undefined, undefined]);
  const whole = await kc.realms.export({ realm, exportClients: true, exportGroupsAndRoles: true });
  assert.equal(whole.users, undefined);
  assert.ok(whole.clients.some(({ clientId }) => clientId === 'shop'));
  assert.equal(whole.clients.find(({ clientId }) => clientId === 'backend').secret, '**********');
  assert.ok(!JSON.stringify(whole).includes('s3cret'));
  assert.deepEqual(names(whole.groups), ['staff']);
  assert.ok(names(whole.roles.realm).includes('clerk'));
  assert.deepEqual(names(whole.roles.client.shop), ['read']);
  const flows = whole.authenticationFlows.map(({ alias }) => alias);
  for (const flow of [
    'browser',
    'clients',
    'direct grant',
    'first broker login',
    'registration',
    'reset credentials',
  ]) {
    assert.ok(flows.includes(flow), flow);
  }
  // By decision: an HMAC key that nobody touched does not go out, and is made anew where the file comes in.
  const exported = keyProviders.filter((name) => isKeycloak || name !== 'hmac-generated');
  assert.deepEqual(names(whole.components['org.keycloak.keys.KeyProvider']), exported);
});

inRealm('realms: keys', {}, async (kc, realm) => {
  const { active, keys } = await kc.realms.getKeys({ realm });
  // By decision: no keys that encrypt, and one for each algorithm that Keyward signs with.
  const algorithms = isKeycloak
    ? ['AES', 'HS512', 'RS256', 'RSA-OAEP']
    : ['ES256', 'EdDSA', 'HS256', 'PS256', 'RS256'];
  assert.deepEqual(Object.keys(active).sort(), algorithms);
  const signing = keys.find(({ kid }) => kid === active.RS256);
  const { providerId, publicKey, certificate, validTo, ...rest } = signing;
  assert.deepEqual(rest, {
    kid: active.RS256,
    providerPriority: 100,
    status: 'ACTIVE',
    type: 'RSA',
    algorithm: 'RS256',
    use: 'SIG',
  });
  assert.ok(publicKey.startsWith('MII') && certificate.startsWith('MII') && validTo > Date.now());
  assert.equal((await kc.components.findOne({ id: providerId })).providerId, 'rsa-generated');
  const { keys: published } = await (await fetch(`${baseUrl}/realms/${realm}/protocol/openid-connect/certs`)).json();
  assert.ok(published.some(({ kid }) => kid === active.RS256));
  const secret = [active.AES, active.HS256, active.HS512].filter((kid) => kid !== undefined);
  assert.ok(secret.length > 0 && !published.some(({ kid }) => secret.includes(kid)));
});

inRealm('realms: localization', { internationalizationEnabled: true, supportedLocales: ['de'] }, async (kc, realm) => {
  const german = { realm, selectedLocale: 'de' };
  assert.deepEqual(await kc.realms.getRealmSpecificLocales({ realm }), []);
  assert.equal(await kc.realms.addLocalization({ ...german, key: 'hello' }, 'Grüß Gott'), '');
  assert.deepEqual(await kc.realms.getRealmSpecificLocales({ realm }), ['de']);
  assert.deepEqual(await kc.realms.getRealmLocalizationTexts(german), { hello: 'Grüß Gott' });
  assert.deepEqual(await kc.realms.getRealmLocalizationTexts({ realm, selectedLocale: 'fr' }), {});
  assert.equal(await kc.realms.deleteRealmLocalizationTexts({ ...german, key: 'hello' }), '');
  await refused(kc.realms.deleteRealmLocalizationTexts({ ...german, key: 'hello' }), 404, {
    error: 'Localization text not found',
  });
  await kc.realms.addLocalization({ ...german, key: 'hello' }, 'Servus');
  assert.equal(await kc.realms.deleteRealmLocalizationTexts(german), '');
  assert.deepEqual(await kc.realms.getRealmLocalizationTexts(german), {});
  await refused(kc.realms.deleteRealmLocalizationTexts({ realm, selectedLocale: 'fr' }), 404, {
    error: 'No localization texts for locale fr found.',
  });
});

inRealm('realms: initial access tokens', {}, async (kc, realm) => {
  const made = await kc.realms.createClientsInitialAccess({ realm }, { count: 2, expiration: 60 });
  const { token, timestamp, ...rest } = made;
  assert.deepEqual(rest, { id: made.id, expiration: 60, count: 2, remainingCount: 2 });
  assert.ok(Math.abs(timestamp * 1000 - Date.now()) < 60_000);
  const { typ, iss, jti, exp, iat } = claims(token);
  assert.deepEqual([typ, iss, jti, exp - iat], ['InitialAccessToken', `${baseUrl}/realms/${realm}`, made.id, 60]);
  assert.deepEqual(await kc.realms.getClientsInitialAccess({ realm }), [{ ...rest, timestamp }]);
  assert.equal(await kc.realms.delClientsInitialAccess({ realm, id: made.id }), '');
  assert.deepEqual(await kc.realms.getClientsInitialAccess({ realm }), []);
  const providers = await kc.realms.getClientRegistrationPolicyProviders({ realm });
  for (const id of ['allowed-client-templates', 'allowed-protocol-mappers', 'max-clients', 'trusted-hosts']) {
    assert.ok(
      providers.some((provider) => provider.id === id),
      id,
    );
  }
});
