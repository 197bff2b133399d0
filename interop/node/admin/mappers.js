// Protocol mappers of clients and of client scopes: the two have the same methods, one of them by another name.
import assert from 'node:assert/strict';
import { inRealm, login, names, passwordClient, passwordOf, person, refused } from './realm.js';

const kinds = {
  clients: { find: 'findProtocolMapperById', make: async (kc, client) => client },
  clientScopes: {
    find: 'findProtocolMapper',
    make: async (kc, client) => {
      const { id } = await kc.clientScopes.create({ name: 'facts', protocol: 'openid-connect' });
      await kc.clients.addDefaultClientScope({ id: client, clientScopeId: id });
      return id;
    },
  },
};

const mapper = (name, value) => ({
  name,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: {
    'claim.name': name,
    'claim.value': value,
    'jsonType.label': 'String',
    'access.token.claim': 'true',
    'id.token.claim': 'false',
    'introspection.token.claim': 'true',
    'userinfo.token.claim': 'true',
  },
});

for (const [kind, { find, make }] of Object.entries(kinds)) {
  inRealm(`mappers of ${kind}`, {}, async (kc, realm) => {
    const client = await passwordClient(kc, 'app');
    const id = await make(kc, client);
    await person(kc, 'anna');
    const claims = async () =>
      (await login(realm, { client_id: 'app', username: 'anna', password: passwordOf('anna') })).claims;

    assert.deepEqual(await kc[kind].listProtocolMappers({ id }), []);
    assert.equal(await kc[kind].addProtocolMapper({ id }, mapper('colour', 'blue')), '');
    assert.equal(await kc[kind].addMultipleProtocolMappers({ id }, [mapper('size', 'L'), mapper('age', '7')]), '');
    assert.deepEqual(names(await kc[kind].listProtocolMappers({ id })), ['age', 'colour', 'size']);
    const { colour, size, age } = await claims();
    assert.deepEqual([colour, size, age], ['blue', 'L', '7']);

    const byName = await kc[kind].findProtocolMapperByName({ id, name: 'colour' });
    assert.deepEqual(byName, { id: byName.id, consentRequired: false, ...mapper('colour', 'blue') });
    const where = { id, mapperId: byName.id };
    assert.deepEqual(await kc[kind][find](where), byName);
    const openid = { id, protocol: 'openid-connect' };
    assert.deepEqual(names(await kc[kind].findProtocolMappersByProtocol(openid)), ['age', 'colour', 'size']);
    assert.deepEqual(await kc[kind].findProtocolMappersByProtocol({ id, protocol: 'saml' }), []);

    assert.equal(await kc[kind].updateProtocolMapper(where, { ...mapper('colour', 'red'), id: byName.id }), '');
    assert.equal((await claims()).colour, 'red');

    await refused(kc[kind].addProtocolMapper({ id }, mapper('size', 'S')), 409, {
      errorMessage: 'Protocol mapper exists with same name',
    });
    await refused(kc[kind].addProtocolMapper({ id }, { ...mapper('new', 'x'), protocolMapper: 'nothing' }), 404, {
      error: 'ProtocolMapper provider not found',
    });
    assert.equal(await kc[kind].delProtocolMapper(where), '');
    assert.equal((await claims()).colour, undefined);
    assert.equal(await kc[kind][find](where), null);
    await refused(kc[kind].delProtocolMapper(where), 404, { error: 'Model not found' });
    await refused(kc[kind].updateProtocolMapper(where, byName), 404, { error: 'Model not found' });
  });
}
