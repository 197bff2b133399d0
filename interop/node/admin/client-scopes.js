// client scopes: representations, and which of them new clients get.
import assert from 'node:assert/strict';
import { inRealm, names, refused } from './realm.js';

const noScope = { error: 'Could not find client scope' };

inRealm('client scopes: create, read, update, delete', {}, async (kc) => {
  const scope = {
    name: 'orders',
    description: 'what was ordered',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'false' },
  };
  const { id } = await kc.clientScopes.create(scope);
  assert.deepEqual(await kc.clientScopes.findOne({ id }), { id, ...scope });
  assert.equal((await kc.clientScopes.findOneByName({ name: 'orders' })).id, id);
  await refused(kc.clientScopes.create(scope), 409, { errorMessage: 'Client Scope orders already exists' });
  await refused(kc.clientScopes.create({ ...scope, name: 'with blank' }), 400, {
    errorMessage: 'Unexpected name "with blank" for ClientScope',
  });

  assert.equal(await kc.clientScopes.update({ id }, { ...scope, name: 'bills', description: 'what is owed' }), '');
  assert.equal((await kc.clientScopes.findOne({ id })).name, 'bills');
  assert.equal(await kc.clientScopes.findOneByName({ name: 'orders' }), undefined);

  assert.equal(await kc.clientScopes.del({ id }), '');
  assert.equal(await kc.clientScopes.findOne({ id }), null);
  await refused(kc.clientScopes.del({ id }), 404, noScope);
  await refused(kc.clientScopes.update({ id }, scope), 404, noScope);
  await kc.clientScopes.create(scope);
  await kc.clientScopes.delByName({ name: 'orders' });
  assert.equal(await kc.clientScopes.findOneByName({ name: 'orders' }), undefined);
});

inRealm('client scopes: those that every realm has', {}, async (kc) => {
  const openid = (await kc.clientScopes.find()).filter(({ protocol }) => protocol === 'openid-connect');
  assert.deepEqual(names(openid), [
    'acr',
    'address',
    'basic',
    'email',
    'microprofile-jwt',
    'offline_access',
    'organization',
    'phone',
    'profile',
    'roles',
    'service_account',
    'web-origins',
  ]);
  const mappers = Object.fromEntries(openid.map((scope) => [scope.name, names(scope.protocolMappers ?? [])]));
  assert.deepEqual(mappers.email, ['email', 'email verified']);
  assert.deepEqual(mappers.roles, ['audience resolve', 'client roles', 'realm roles']);
  assert.deepEqual(mappers.basic, ['auth_time', 'sub']);
  assert.deepEqual(mappers.service_account, ['Client Host', 'Client ID', 'Client IP Address']);
  const email = openid.find(({ name }) => name === 'email');
  assert.deepEqual(email.attributes, {
    'include.in.token.scope': 'true',
    'display.on.consent.screen': 'true',
    'consent.screen.text': '${emailScopeConsentText}',
  });
});

inRealm('client scopes: of new clients', {}, async (kc) => {
  const { id } = await kc.clientScopes.create({ name: 'orders', protocol: 'openid-connect' });
  const scopes = async (clientId) => {
    const client = await kc.clients.create({ clientId });
    const { defaultClientScopes, optionalClientScopes } = await kc.clients.findOne(client);
    return [defaultClientScopes.includes('orders'), optionalClientScopes.includes('orders')];
  };
  const kinds = {
    Default: [true, false],
    DefaultOptional: [false, true],
  };
  for (const [kind, expected] of Object.entries(kinds)) {
    const listed = async () => names(await kc.clientScopes[`list${kind}ClientScopes`]()).includes('orders');
    assert.equal(await listed(), false);
    assert.equal(await kc.clientScopes[`add${kind}ClientScope`]({ id }), '');
    assert.equal(await listed(), true);
    assert.deepEqual(await scopes(`after-${kind}`), expected);
    assert.equal(await kc.clientScopes[`del${kind}ClientScope`]({ id }), '');
    assert.equal(await listed(), false);
    await refused(kc.clientScopes[`add${kind}ClientScope`]({ id: 'nowhere' }), 404, {
      error: 'Client scope not found',
    });
  }
  assert.deepEqual(await scopes('after-all'), [false, false]);
});
