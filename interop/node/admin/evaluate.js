// clients: what a token would hold (evaluate-scopes).
import assert from 'node:assert/strict';
import { inRealm, names, passwordClient, passwordOf, person, login, refused } from './realm.js';
import { isKeycloak } from './server.js';

inRealm('evaluate scopes: the example tokens are those of a login', {}, async (kc, realm) => {
  const id = await passwordClient(kc, 'app');
  const userId = await person(kc, 'anna');
  const about = { id, userId, scope: 'openid address' };
  const example = await kc.clients.evaluateGenerateAccessToken(about);
  const who = { client_id: 'app', username: 'anna', password: passwordOf('anna'), scope: about.scope };
  const { claims } = await login(realm, who);
  // Keyward says of a login by password when it was, which an example cannot.
  const lasting = ({ jti, sid, iat, exp, auth_time, scope, realm_access, ...rest }) => ({
    ...rest,
    scope: scope.split(' ').sort(),
    realm_access: realm_access.roles.toSorted(),
  });
  assert.deepEqual(lasting(example), lasting(claims));
  assert.deepEqual([example.auth_time, claims.auth_time], [undefined, isKeycloak ? undefined : claims.iat]);
  assert.equal(example.exp - example.iat, claims.exp - claims.iat);

  const idToken = await kc.clients.evaluateGenerateIdToken(about);
  assert.deepEqual([idToken.typ, idToken.aud, idToken.sub, idToken.name], ['ID', 'app', userId, 'First anna']);
  assert.deepEqual(await kc.clients.evaluateGenerateUserInfo({ ...about, scope: 'openid' }), {
    sub: userId,
    email_verified: true,
    name: 'First anna',
    preferred_username: 'anna',
    given_name: 'First',
    family_name: 'anna',
    email: 'anna@example.com',
  });

  await refused(kc.clients.evaluateGenerateAccessToken({ id, scope: 'openid' }), 404, { error: 'No userId provided' });
  const unknown = { ...about, userId: 'unknown' };
  await refused(kc.clients.evaluateGenerateAccessToken(unknown), 404, { error: 'No user found' });
});

inRealm('evaluate scopes: mappers, granted roles', {}, async (kc, realm) => {
  const id = await passwordClient(kc, 'app', { fullScopeAllowed: false });
  await kc.roles.create({ name: 'clerk' });
  await kc.roles.create({ name: 'manager' });
  await kc.clients.addRealmScopeMappings({ id }, [await kc.roles.findOneByName({ name: 'clerk' })]);
  const roles = async (type) =>
    names(await kc.clients.evaluatePermission({ id, roleContainer: realm, type, scope: 'openid' }));
  assert.deepEqual(await roles('granted'), ['clerk']);
  assert.ok((await roles('not-granted')).includes('manager') && !(await roles('not-granted')).includes('clerk'));

  const mappers = await kc.clients.evaluateListProtocolMapper({ id, scope: 'openid address' });
  const address = mappers.find(({ mapperName }) => mapperName === 'address');
  assert.deepEqual(
    [address.containerName, address.containerType, address.protocolMapper],
    ['address', 'client-scope', 'oidc-address-mapper'],
  );
  const without = await kc.clients.evaluateListProtocolMapper({ id, scope: 'openid' });
  assert.ok(!without.some(({ mapperName }) => mapperName === 'address'));
  assert.ok(without.some(({ mapperName }) => mapperName === 'realm roles'));
});
