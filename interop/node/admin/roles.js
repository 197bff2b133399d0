// roles: by name, by id, composites; client roles have methods of their own, in clients.
import assert from 'node:assert/strict';
import { inRealm, login, names, passwordClient, passwordOf, person, refused } from './realm.js';

inRealm('roles: create, read, update, delete by name', {}, async (kc, realm) => {
  const name = 'night shift/ä';
  assert.deepEqual(Object.keys(await kc.roles.create({ name: 'clerk', description: 'sells' })), ['roleName']);
  const clerk = await kc.roles.findOneByName({ name: 'clerk' });
  const { id, containerId, ...rest } = clerk;
  assert.deepEqual(rest, { name: 'clerk', description: 'sells', composite: false, clientRole: false, attributes: {} });
  assert.equal(containerId, (await kc.realms.findOne({ realm })).id);
  await refused(kc.roles.create({ name: 'clerk' }), 409, { errorMessage: 'Role with name clerk already exists' });

  await kc.roles.create({ name });
  assert.equal((await kc.roles.findOneByName({ name })).name, name);
  assert.equal(await kc.roles.updateByName({ name }, { name: 'night', attributes: { from: ['22'] } }), '');
  assert.equal(await kc.roles.findOneByName({ name }), null);
  assert.deepEqual((await kc.roles.findOneByName({ name: 'night' })).attributes, { from: ['22'] });

  assert.equal(await kc.roles.delByName({ name: 'night' }), '');
  await refused(kc.roles.delByName({ name: 'night' }), 404, { error: 'Could not find role' });
  await refused(kc.roles.updateByName({ name: 'night' }, { name: 'x' }), 404, { error: 'Could not find role' });
});

inRealm('roles: list, search, paging', {}, async (kc, realm) => {
  for (const name of ['clerk', 'chief clerk', 'cook']) {
    await kc.roles.create({ name, attributes: { a: [name] } });
  }
  const builtIn = [`default-roles-${realm}`, 'offline_access', 'uma_authorization'];
  assert.deepEqual(names(await kc.roles.find()), ['chief clerk', 'clerk', 'cook', ...builtIn].sort());
  assert.deepEqual(names(await kc.roles.find({ search: 'clerk' })), ['chief clerk', 'clerk']);
  assert.equal((await kc.roles.find({ first: 1, max: 2 })).length, 2);
  const [brief] = await kc.roles.find({ search: 'cook' });
  assert.equal(brief.attributes, undefined);
  const [full] = await kc.roles.find({ search: 'cook', briefRepresentation: false });
  assert.deepEqual(full.attributes, { a: ['cook'] });
});

inRealm('roles: by id, composites', {}, async (kc, realm) => {
  const client = await passwordClient(kc, 'shop');
  await kc.clients.createRole({ id: client, name: 'read' });
  const read = await kc.clients.findRole({ id: client, roleName: 'read' });
  await kc.roles.create({ name: 'clerk' });
  await kc.roles.create({ name: 'manager' });
  const clerk = await kc.roles.findOneByName({ name: 'clerk' });
  const { id } = await kc.roles.findOneByName({ name: 'manager' });

  assert.equal(await kc.roles.createComposite({ roleId: id }, [clerk, read]), '');
  assert.equal((await kc.roles.findOneById({ id })).composite, true);
  assert.deepEqual(names(await kc.roles.getCompositeRoles({ id })), ['clerk', 'read']);
  assert.deepEqual(names(await kc.roles.getCompositeRoles({ id, search: 'cle', first: 0, max: 5 })), ['clerk']);
  assert.deepEqual(names(await kc.roles.getCompositeRolesForRealm({ id })), ['clerk']);
  assert.deepEqual(names(await kc.roles.getCompositeRolesForClient({ id, clientId: client })), ['read']);

  const user = await person(kc, 'anna');
  await kc.users.addRealmRoleMappings({ id: user, roles: [{ id, name: 'manager' }] });
  const { claims } = await login(realm, { client_id: 'shop', username: 'anna', password: passwordOf('anna') });
  assert.ok(claims.realm_access.roles.includes('manager') && claims.realm_access.roles.includes('clerk'));
  assert.deepEqual(claims.resource_access.shop.roles, ['read']);

  assert.equal(await kc.roles.delCompositeRoles({ id }, [clerk, read]), '');
  assert.deepEqual(await kc.roles.getCompositeRoles({ id }), []);
  assert.equal((await kc.roles.findOneById({ id })).composite, false);

  assert.equal(await kc.roles.updateById({ id }, { name: 'chief', description: 'leads' }), '');
  assert.equal((await kc.roles.findOneById({ id })).name, 'chief');
  assert.equal(await kc.roles.delById({ id }), '');
  assert.equal(await kc.roles.findOneById({ id }), null);
  const gone = { error: 'Could not find role with id' };
  await refused(kc.roles.delById({ id }), 404, gone);
  await refused(kc.roles.createComposite({ roleId: id }, [clerk]), 404, gone);
  assert.deepEqual(names(await kc.users.listRealmRoleMappings({ id: user })), [`default-roles-${realm}`]);
});

inRealm('roles: who has one', {}, async (kc) => {
  await kc.roles.create({ name: 'clerk' });
  const clerk = await kc.roles.findOneByName({ name: 'clerk' });
  for (const username of ['anna', 'bert']) {
    await kc.users.addRealmRoleMappings({ id: await person(kc, username), roles: [clerk] });
  }
  const found = await kc.roles.findUsersWithRole({ name: 'clerk' });
  assert.deepEqual(found.map(({ username }) => username).sort(), ['anna', 'bert']);
  assert.equal((await kc.roles.findUsersWithRole({ name: 'clerk', first: 1, max: 5 })).length, 1);
  assert.equal(await kc.roles.findUsersWithRole({ name: 'nothing' }), null);
});
