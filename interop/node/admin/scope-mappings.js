// Scope mappings of clients and of client scopes: which roles a token may hold when not all are allowed.
import assert from 'node:assert/strict';
import { inRealm, login, names, passwordClient, passwordOf, person, refused } from './realm.js';

const kinds = {
  clients: async (kc, client) => client,
  clientScopes: async (kc, client) => {
    const { id } = await kc.clientScopes.create({ name: 'rights', protocol: 'openid-connect' });
    await kc.clients.addDefaultClientScope({ id: client, clientScopeId: id });
    return id;
  },
};

for (const [kind, make] of Object.entries(kinds)) {
  inRealm(`scope mappings of ${kind}: realm roles`, {}, async (kc, realm) => {
    const client = await passwordClient(kc, 'app', { fullScopeAllowed: false });
    const id = await make(kc, client);
    const role = {};
    for (const name of ['clerk', 'manager']) {
      await kc.roles.create({ name });
      role[name] = await kc.roles.findOneByName({ name });
    }
    await kc.roles.createComposite({ roleId: role.manager.id }, [role.clerk]);
    const user = await person(kc, 'anna');
    await kc.users.addRealmRoleMappings({ id: user, roles: [role.manager] });
    const granted = async () => {
      const who = { client_id: 'app', username: 'anna', password: passwordOf('anna') };
      return (await login(realm, who)).claims.realm_access?.roles.toSorted() ?? [];
    };

    assert.deepEqual(await granted(), []);
    assert.deepEqual(await kc[kind].listScopeMappings({ id }), {});
    assert.deepEqual(await kc[kind].listRealmScopeMappings({ id }), []);
    assert.equal(await kc[kind].addRealmScopeMappings({ id }, [role.clerk]), '');
    assert.deepEqual(await granted(), ['clerk']);
    assert.deepEqual(names(await kc[kind].listRealmScopeMappings({ id })), ['clerk']);
    const available = names(await kc[kind].listAvailableRealmScopeMappings({ id }));
    assert.ok(available.includes('manager') && !available.includes('clerk'));

    await kc[kind].addRealmScopeMappings({ id }, [role.manager]);
    await kc[kind].delRealmScopeMappings({ id }, [role.clerk]);
    assert.deepEqual(names(await kc[kind].listRealmScopeMappings({ id })), ['manager']);
    assert.deepEqual(names(await kc[kind].listCompositeRealmScopeMappings({ id })), ['clerk', 'manager']);
    assert.deepEqual(await granted(), ['clerk', 'manager']);
    assert.deepEqual(names((await kc[kind].listScopeMappings({ id })).realmMappings), ['manager']);

    assert.equal(await kc[kind].delRealmScopeMappings({ id }, [role.manager]), '');
    assert.deepEqual(await granted(), []);
    const unknown = [{ id: 'unknown', name: 'unknown' }];
    await refused(kc[kind].addRealmScopeMappings({ id }, unknown), 404, { error: 'Role not found' });
  });

  inRealm(`scope mappings of ${kind}: client roles`, {}, async (kc, realm) => {
    const client = await passwordClient(kc, 'app', { fullScopeAllowed: false });
    const shop = await passwordClient(kc, 'shop');
    const id = await make(kc, client);
    const role = {};
    for (const name of ['read', 'all']) {
      await kc.clients.createRole({ id: shop, name });
      role[name] = await kc.clients.findRole({ id: shop, roleName: name });
    }
    await kc.roles.createComposite({ roleId: role.all.id }, [role.read]);
    const user = await person(kc, 'anna');
    await kc.users.addClientRoleMappings({ id: user, clientUniqueId: shop, roles: [role.all] });
    const granted = async () => {
      const who = { client_id: 'app', username: 'anna', password: passwordOf('anna') };
      const { claims } = await login(realm, who);
      return [claims.resource_access?.shop?.roles.toSorted() ?? [], claims.aud ?? null];
    };
    const where = { id, client: shop };

    assert.deepEqual(await granted(), [[], null]);
    assert.deepEqual(await kc[kind].listClientScopeMappings(where), []);
    assert.equal(await kc[kind].addClientScopeMappings(where, [role.all]), '');
    assert.deepEqual(await granted(), [['all', 'read'], 'shop']);
    assert.deepEqual(names(await kc[kind].listClientScopeMappings(where)), ['all']);
    assert.deepEqual(names(await kc[kind].listAvailableClientScopeMappings(where)), ['read']);
    assert.deepEqual(names(await kc[kind].listCompositeClientScopeMappings(where)), ['all', 'read']);
    const { clientMappings } = await kc[kind].listScopeMappings({ id });
    assert.deepEqual([clientMappings.shop.id, names(clientMappings.shop.mappings)], [shop, ['all']]);

    assert.equal(await kc[kind].delClientScopeMappings(where, [role.all]), '');
    assert.deepEqual(await granted(), [[], null]);
  });
}
