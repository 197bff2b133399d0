// clients: representations, secrets, service accounts, roles, scopes, installation.
import assert from 'node:assert/strict';
import { claims, inRealm, login, names, passwordClient, passwordOf, person, refused, token } from './realm.js';
import { baseUrl, isKeycloak } from './server.js';

const noClient = { error: 'Could not find client' };

/** By decision: a client that did not prove who it is is `invalid_client` (RFC 6749 §5.2). */
const wrongSecret = isKeycloak ? 'unauthorized_client' : 'invalid_client';

inRealm('clients: create, read, update, delete', {}, async (kc) => {
  const { id } = await kc.clients.create({ clientId: 'backend', redirectUris: ['https://app.example/back'] });
  const { secret, attributes, defaultClientScopes, optionalClientScopes, ...rest } = await kc.clients.findOne({ id });
  assert.deepEqual(rest, {
    id,
    clientId: 'backend',
    surrogateAuthRequired: false,
    enabled: true,
    alwaysDisplayInConsole: false,
    clientAuthenticatorType: 'client-secret',
    redirectUris: ['https://app.example/back'],
    // The origins of the redirect URIs, as none were given.
    webOrigins: ['https://app.example'],
    notBefore: 0,
    bearerOnly: false,
    consentRequired: false,
    standardFlowEnabled: true,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    serviceAccountsEnabled: false,
    publicClient: false,
    frontchannelLogout: false,
    protocol: 'openid-connect',
    authenticationFlowBindingOverrides: {},
    fullScopeAllowed: true,
    nodeReRegistrationTimeout: -1,
    access: { view: true, configure: true, manage: true },
  });
  assert.match(secret, /^[A-Za-z0-9]{32,}$/);
  assert.equal(attributes.realm_client, 'false');
  assert.match(attributes['client.secret.creation.time'], /^\d+$/);
  assert.deepEqual(defaultClientScopes.toSorted(), ['acr', 'basic', 'email', 'profile', 'roles', 'web-origins']);
  const optional = ['address', 'microprofile-jwt', 'offline_access', 'organization', 'phone'];
  assert.deepEqual(optionalClientScopes.toSorted(), optional);

  // What an update does not name stays.
  assert.equal(await kc.clients.update({ id }, { name: 'Backend', attributes: { 'access.token.lifespan': '90' } }), '');
  const changed = await kc.clients.findOne({ id });
  assert.deepEqual(
    [changed.name, changed.clientId, changed.secret, changed.redirectUris],
    ['Backend', 'backend', secret, rest.redirectUris],
  );
  assert.equal(changed.attributes['access.token.lifespan'], '90');
  assert.equal(changed.attributes['client.secret.creation.time'], attributes['client.secret.creation.time']);

  assert.equal(await kc.clients.del({ id }), '');
  assert.equal(await kc.clients.findOne({ id }), null);
  await refused(kc.clients.del({ id }), 404, noClient);
  await refused(kc.clients.update({ id }, { name: 'x' }), 404, noClient);
});

inRealm('clients: what is refused', {}, async (kc) => {
  const { id } = await kc.clients.create({ clientId: 'backend' });
  await refused(kc.clients.create({ clientId: 'backend' }), 409, { errorMessage: 'Client backend already exists' });
  const wrong = {
    'A redirect URI uses an illegal scheme': { redirectUris: ['javascript:alert(1)'] },
    'A redirect URI must not contain an URL fragment': { redirectUris: ['https://app.example/#fragment'] },
    'Root URL is not a valid URL': { rootUrl: 'no address' },
  };
  for (const [error_description, more] of Object.entries(wrong)) {
    const answer = { error: 'invalid_input', error_description };
    await refused(kc.clients.create({ clientId: 'other', ...more }), 400, answer);
    await refused(kc.clients.update({ id }, more), 400, answer);
  }
  await refused(kc.clients.update({ id }, { clientId: 'account' }), 409, {
    error: 'conflict',
    error_description: 'Duplicate resource error',
  });
  const [account] = await kc.clients.find({ clientId: 'account' });
  await refused(kc.clients.del({ id: account.id }), 400, {
    error: 'invalid_request',
    error_description: 'Could not delete client',
  });
});

inRealm('clients: find, search, paging', {}, async (kc) => {
  await kc.clients.create({ clientId: 'shop-web' });
  await kc.clients.create({ clientId: 'shop-app' });
  const found = async (query) => (await kc.clients.find(query)).map(({ clientId }) => clientId).sort();
  const builtIn = ['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console'];
  assert.deepEqual(await found(), [...builtIn, 'shop-app', 'shop-web'].sort());
  assert.deepEqual(await found({ clientId: 'shop-web' }), ['shop-web']);
  assert.deepEqual(await found({ clientId: 'shop' }), []);
  assert.deepEqual(await found({ clientId: 'shop', search: true }), ['shop-app', 'shop-web']);
  assert.deepEqual(await found({ clientId: 'shop', search: true, first: 1, max: 1 }), ['shop-web']);
  assert.equal((await found({ first: 0, max: 3 })).length, 3);
  assert.equal((await found({ viewableOnly: true })).length, builtIn.length + 2);
});

inRealm('clients: secret, a new one, registration access token', {}, async (kc, realm) => {
  const { id } = await kc.clients.create({ clientId: 'backend', serviceAccountsEnabled: true, secret: 'given secret' });
  const { value } = await kc.clients.getClientSecret({ id });
  assert.equal(value, 'given secret');
  const ask = (client_secret) =>
    token(realm, { grant_type: 'client_credentials', client_id: 'backend', client_secret });
  assert.equal((await ask(value)).status, 200);

  const renewed = await kc.clients.generateNewClientSecret({ id });
  assert.equal(renewed.type, 'secret');
  assert.match(renewed.value, /^[A-Za-z0-9]{32,}$/);
  assert.deepEqual(await kc.clients.getClientSecret({ id }), renewed);
  assert.equal((await ask(renewed.value)).status, 200);
  assert.deepEqual([(await ask(value)).status, (await ask(value)).error], [401, wrongSecret]);

  const registered = await kc.clients.generateRegistrationAccessToken({ id });
  assert.equal(registered.clientId, 'backend');
  assert.equal(registered.secret, '**********');
  const { typ, iss, jti } = claims(registered.registrationAccessToken);
  assert.deepEqual([typ, iss], ['RegistrationAccessToken', `${baseUrl}/realms/${realm}`]);
  assert.notEqual(claims((await kc.clients.generateRegistrationAccessToken({ id })).registrationAccessToken).jti, jti);
  assert.equal(await kc.clients.invalidateSecret({ id }), '');
});

inRealm('clients: the service account is a user', {}, async (kc, realm) => {
  const { id } = await kc.clients.create({ clientId: 'Backend', serviceAccountsEnabled: false, secret: 's3cret' });
  await refused(kc.clients.getServiceAccountUser({ id }), 400, {
    error: "Service account not enabled for the client 'Backend'",
  });
  await kc.clients.update({ id }, { serviceAccountsEnabled: true });
  const user = await kc.clients.getServiceAccountUser({ id });
  assert.equal(user.username, 'service-account-backend');
  await kc.roles.create({ name: 'robot' });
  await kc.users.addRealmRoleMappings({ id: user.id, roles: [await kc.roles.findOneByName({ name: 'robot' })] });
  const who = { grant_type: 'client_credentials', client_id: 'Backend', client_secret: 's3cret' };
  const { claims } = await login(realm, who);
  assert.deepEqual(
    [claims.sub, claims.azp, claims.client_id, claims.preferred_username],
    [user.id, 'Backend', 'Backend', 'service-account-backend'],
  );
  assert.ok(claims.realm_access.roles.includes('robot'));
  // It is no person: lists of users leave it out.
  assert.deepEqual(await kc.users.find(), []);
  assert.equal(await kc.users.count(), 0);
});

inRealm('clients: roles', {}, async (kc) => {
  const id = await passwordClient(kc, 'shop');
  assert.deepEqual(await kc.clients.createRole({ id, name: 'read', description: 'looks' }), { roleName: 'read' });
  await refused(kc.clients.createRole({ id, name: 'read' }), 409, {
    errorMessage: 'Role with name read already exists',
  });
  await kc.clients.createRole({ id, name: 'write' });
  assert.deepEqual(names(await kc.clients.listRoles({ id })), ['read', 'write']);
  assert.deepEqual(names(await kc.clients.listRoles({ id, search: 'rea' })), ['read']);
  assert.equal((await kc.clients.listRoles({ id, first: 1, max: 5 })).length, 1);
  const { id: _, ...read } = await kc.clients.findRole({ id, roleName: 'read' });
  assert.deepEqual(read, {
    name: 'read',
    description: 'looks',
    composite: false,
    clientRole: true,
    containerId: id,
    attributes: {},
  });
  assert.equal(await kc.clients.updateRole({ id, roleName: 'read' }, { name: 'look', attributes: { a: ['b'] } }), '');
  assert.equal(await kc.clients.findRole({ id, roleName: 'read' }), null);
  const look = await kc.clients.findRole({ id, roleName: 'look' });
  assert.deepEqual(look.attributes, { a: ['b'] });

  const user = await person(kc, 'anna');
  await kc.users.addClientRoleMappings({ id: user, clientUniqueId: id, roles: [look] });
  const users = await kc.clients.findUsersWithRole({ id, roleName: 'look' });
  assert.deepEqual(
    users.map(({ username }) => username),
    ['anna'],
  );

  assert.equal(await kc.clients.delRole({ id, roleName: 'look' }), '');
  const noRole = { error: 'Could not find role' };
  await refused(kc.clients.delRole({ id, roleName: 'look' }), 404, noRole);
  await refused(kc.clients.updateRole({ id, roleName: 'look' }, { name: 'x' }), 404, noRole);
  await refused(kc.clients.findUsersWithRole({ id, roleName: 'look' }), 404, noRole);
});

inRealm('clients: default and optional scopes', {}, async (kc, realm) => {
  const id = await passwordClient(kc, 'shop');
  await person(kc, 'anna');
  const { id: clientScopeId } = await kc.clientScopes.create({
    name: 'orders',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true' },
  });
  const scope = async (asked) => {
    const who = { client_id: 'shop', username: 'anna', password: passwordOf('anna'), scope: asked };
    return (await login(realm, who)).claims.scope.split(' ').sort();
  };
  const listed = async (kind) => names(await kc.clients[`list${kind}ClientScopes`]({ id })).includes('orders');

  assert.deepEqual(await scope('openid'), ['email', 'openid', 'profile']);
  assert.equal(await kc.clients.addOptionalClientScope({ id, clientScopeId }), '');
  assert.deepEqual([await listed('Optional'), await listed('Default')], [true, false]);
  assert.deepEqual(await scope('openid'), ['email', 'openid', 'profile']);
  assert.deepEqual(await scope('openid orders'), ['email', 'openid', 'orders', 'profile']);

  assert.equal(await kc.clients.delOptionalClientScope({ id, clientScopeId }), '');
  assert.equal(await kc.clients.addDefaultClientScope({ id, clientScopeId }), '');
  assert.deepEqual([await listed('Optional'), await listed('Default')], [false, true]);
  assert.deepEqual(await scope('openid'), ['email', 'openid', 'orders', 'profile']);

  assert.equal(await kc.clients.delDefaultClientScope({ id, clientScopeId }), '');
  assert.equal(await listed('Default'), false);
  const nowhere = { id, clientScopeId: 'nowhere' };
  await refused(kc.clients.addDefaultClientScope(nowhere), 404, { error: 'Client scope not found' });
  await refused(kc.clients.delOptionalClientScope(nowhere), 404, { error: 'Client scope not found' });
});

inRealm('clients: installation', {}, async (kc, realm) => {
  const { id } = await kc.clients.create({ clientId: 'backend', secret: 's3cret' });
  const given = (providerId) => kc.clients.getInstallationProviders({ id, providerId });
  assert.deepEqual(await given('keycloak-oidc-keycloak-json'), {
    'realm': realm,
    'auth-server-url': `${baseUrl}/`,
    'ssl-required': 'external',
    'resource': 'backend',
    'credentials': { secret: 's3cret' },
    'confidential-port': 0,
  });
  await refused(given('nothing'), 404, { error: 'Unknown Provider' });
});

inRealm('clients: nodes of a cluster', {}, async (kc) => {
  const { id } = await kc.clients.create({ clientId: 'backend' });
  assert.equal(await kc.clients.addClusterNode({ id, node: '127.0.0.1' }), '');
  assert.deepEqual(Object.keys((await kc.clients.findOne({ id })).registeredNodes), ['127.0.0.1']);
  assert.deepEqual(await kc.clients.testNodesAvailable({ id }), {});
  assert.equal(await kc.clients.deleteClusterNode({ id, node: '127.0.0.1' }), '');
  await refused(kc.clients.deleteClusterNode({ id, node: '127.0.0.1' }), 404, /^Client does not have node/);
});
