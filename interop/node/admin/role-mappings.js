// Role mappings of users and of groups: the two have the same methods.
import assert from 'node:assert/strict';
import { inRealm, login, names, passwordClient, passwordOf, person, refused } from './realm.js';

const holders = {
  users: (kc) => person(kc, 'holder'),
  groups: async (kc) => (await kc.groups.create({ name: 'holder' })).id,
};

/** What a user has from the start. */
const given = (kind, realm) => (kind === 'users' ? [`default-roles-${realm}`] : []);

for (const [kind, make] of Object.entries(holders)) {
  inRealm(`role mappings of ${kind}: realm roles`, {}, async (kc, realm) => {
    const id = await make(kc);
    const role = {};
    for (const name of ['clerk', 'manager', 'boss']) {
      await kc.roles.create({ name, description: `a ${name}` });
      role[name] = await kc.roles.findOneByName({ name });
    }
    await kc.roles.createComposite({ roleId: role.manager.id }, [role.clerk]);
    const held = async () => names(await kc[kind].listRealmRoleMappings({ id }));
    const available = async () => names(await kc[kind].listAvailableRealmRoleMappings({ id }));
    const composite = async () => names(await kc[kind].listCompositeRealmRoleMappings({ id }));
    const atFirst = given(kind, realm);

    assert.deepEqual(await held(), atFirst);
    for (const name of ['boss', 'clerk', 'manager', 'offline_access', 'uma_authorization']) {
      assert.ok((await available()).includes(name), name);
    }
    assert.equal(await kc[kind].addRealmRoleMappings({ id, roles: [role.manager] }), '');
    assert.deepEqual(await held(), [...atFirst, 'manager'].sort());
    assert.ok(!(await available()).includes('manager') && (await available()).includes('clerk'));
    const inherited = kind === 'users' ? ['offline_access', 'uma_authorization'] : [];
    assert.deepEqual(await composite(), [...atFirst, ...inherited, 'clerk', 'manager'].sort());

    const all = await kc[kind].listRoleMappings({ id });
    assert.equal(all.clientMappings, undefined);
    assert.deepEqual(
      all.realmMappings.find(({ name }) => name === 'manager'),
      {
        id: role.manager.id,
        name: 'manager',
        description: 'a manager',
        composite: true,
        clientRole: false,
        containerId: role.manager.containerId,
      },
    );
    assert.equal(await kc[kind].delRealmRoleMappings({ id, roles: [role.manager] }), '');
    assert.deepEqual(await held(), atFirst);
    const unknown = { id: role.manager.id, name: 'unknown' };
    await refused(kc[kind].addRealmRoleMappings({ id, roles: [{ ...unknown, id: 'unknown' }] }), 404, {
      error: 'Role not found',
    });
  });

  inRealm(`role mappings of ${kind}: client roles`, {}, async (kc, realm) => {
    const id = await make(kc);
    const client = await passwordClient(kc, 'shop');
    const role = {};
    for (const name of ['read', 'write', 'admin']) {
      await kc.clients.createRole({ id: client, name });
      role[name] = await kc.clients.findRole({ id: client, roleName: name });
    }
    await kc.roles.createComposite({ roleId: role.admin.id }, [role.read, role.write]);
    const where = { id, clientUniqueId: client };
    const held = async () => names(await kc[kind].listClientRoleMappings(where));

    assert.deepEqual(await held(), []);
    assert.equal(await kc[kind].addClientRoleMappings({ ...where, roles: [role.admin] }), '');
    assert.deepEqual(await held(), ['admin']);
    assert.deepEqual(names(await kc[kind].listAvailableClientRoleMappings(where)), ['read', 'write']);
    assert.deepEqual(names(await kc[kind].listCompositeClientRoleMappings(where)), ['admin', 'read', 'write']);
    const { clientMappings } = await kc[kind].listRoleMappings({ id });
    assert.deepEqual(Object.keys(clientMappings), ['shop']);
    assert.equal(clientMappings.shop.id, client);
    assert.equal(clientMappings.shop.client, 'shop');
    assert.deepEqual(names(clientMappings.shop.mappings), ['admin']);

    const user = kind === 'users' ? 'holder' : 'member';
    if (kind === 'groups') {
      await person(kc, user, { groups: ['/holder'] });
    }
    const { claims } = await login(realm, { client_id: 'shop', username: user, password: passwordOf(user) });
    assert.deepEqual(claims.resource_access.shop.roles.toSorted(), ['admin', 'read', 'write']);

    assert.equal(await kc[kind].delClientRoleMappings({ ...where, roles: [role.admin] }), '');
    assert.deepEqual(await held(), []);
    const nowhere = { id, clientUniqueId: '00000000-0000-0000-0000-000000000000' };
    await refused(kc[kind].listClientRoleMappings(nowhere), 404, { error: 'Client not found' });
  });
}
