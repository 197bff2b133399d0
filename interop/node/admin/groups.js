// groups: hierarchy, members, search, counts; the realm's default groups.
import assert from 'node:assert/strict';
import { inRealm, login, names, passwordClient, passwordOf, person, refused } from './realm.js';

const noGroup = { error: 'Could not find group by id' };

inRealm('groups: create, read, update, delete', {}, async (kc, realm) => {
  const { id } = await kc.groups.create({ name: 'staff', attributes: { floor: ['2'] }, description: 'who works here' });
  const { access, ...found } = await kc.groups.findOne({ id });
  assert.deepEqual(found, {
    id,
    name: 'staff',
    path: '/staff',
    description: 'who works here',
    subGroupCount: 0,
    subGroups: [],
    attributes: { floor: ['2'] },
    realmRoles: [],
    clientRoles: {},
  });
  assert.equal(access.manage, true);
  await refused(kc.groups.create({ name: 'staff' }), 409, {
    errorMessage: "Top level group named 'staff' already exists.",
  });
  await refused(kc.groups.create({ name: '' }), 400, { errorMessage: 'Group name is missing' });

  assert.equal(await kc.groups.update({ id }, { name: 'crew', attributes: { floor: ['3'] } }), '');
  const changed = await kc.groups.findOne({ id });
  assert.equal(changed.path, '/crew');
  assert.deepEqual(changed.attributes, { floor: ['3'] });
  assert.equal((await kc.realms.getGroupByPath({ realm, path: 'crew' })).id, id);

  assert.equal(await kc.groups.del({ id }), '');
  assert.equal(await kc.groups.findOne({ id }), null);
  await refused(kc.groups.del({ id }), 404, noGroup);
  await refused(kc.groups.update({ id }, { name: 'x' }), 404, noGroup);
  await refused(kc.realms.getGroupByPath({ realm, path: 'crew' }), 404, { error: 'Group path does not exist' });
});

inRealm('groups: children, and a move', {}, async (kc) => {
  const { id: staff } = await kc.groups.create({ name: 'staff' });
  const { id: other } = await kc.groups.create({ name: 'other' });
  const { id: support } = await kc.groups.createChildGroup({ id: staff }, { name: 'support' });
  const { id: night } = await kc.groups.createChildGroup({ id: support }, { name: 'night', attributes: { a: ['b'] } });
  await refused(kc.groups.createChildGroup({ id: staff }, { name: 'support' }), 409, {
    errorMessage: "Sibling group named 'support' already exists.",
  });
  const children = async (parentId, more) => names(await kc.groups.listSubGroups({ parentId, ...more }));
  assert.deepEqual(await children(staff), ['support']);
  assert.deepEqual(await children(staff, { search: 'nothing' }), []);
  assert.equal(await kc.groups.listSubGroups({ parentId: 'nowhere' }), null);
  const found = await kc.groups.findOne({ id: night });
  assert.deepEqual([found.path, found.parentId], ['/staff/support/night', support]);
  assert.equal((await kc.groups.findOne({ id: staff })).subGroupCount, 1);
  const [full] = await kc.groups.listSubGroups({ parentId: support, briefRepresentation: false });
  assert.deepEqual(full.attributes, { a: ['b'] });

  // A group that there is already moves with all below it.
  await kc.groups.updateChildGroup({ id: other }, { id: support, name: 'support' });
  assert.deepEqual(await children(staff), []);
  assert.equal((await kc.groups.findOne({ id: night })).path, '/other/support/night');
  await kc.groups.updateRoot({ id: support, name: 'support' });
  assert.equal((await kc.groups.findOne({ id: night })).path, '/support/night');
  assert.deepEqual(names(await kc.groups.find()), ['other', 'staff', 'support']);
});

inRealm('groups: search, attributes, paging, counts', {}, async (kc) => {
  const { id: staff } = await kc.groups.create({ name: 'staff', attributes: { site: ['north'] } });
  await kc.groups.createChildGroup({ id: staff }, { name: 'night shift' });
  await kc.groups.create({ name: 'shift leaders', attributes: { site: ['north'], size: ['3'] } });
  await kc.groups.create({ name: 'guests' });

  assert.deepEqual(names(await kc.groups.find()), ['guests', 'shift leaders', 'staff']);
  assert.deepEqual((await kc.groups.find({ first: 1, max: 1 })).length, 1);
  const tree = await kc.groups.find({ search: 'shift' });
  assert.deepEqual(names(tree), ['shift leaders', 'staff']);
  assert.deepEqual(names(tree.find(({ name }) => name === 'staff').subGroups), ['night shift']);
  assert.deepEqual(names(await kc.groups.find({ search: 'shift leaders', exact: true })), ['shift leaders']);
  assert.deepEqual(names(await kc.groups.find({ search: 'leaders', exact: true })), []);
  const flat = await kc.groups.find({ search: 'shift', populateHierarchy: false });
  assert.deepEqual(names(flat), ['night shift', 'shift leaders']);
  assert.deepEqual(names(await kc.groups.find({ q: 'site:north' })), ['shift leaders', 'staff']);
  assert.deepEqual(names(await kc.groups.find({ q: 'site:north size:3' })), ['shift leaders']);
  const [brief] = await kc.groups.find({ search: 'guests' });
  assert.equal(brief.attributes, undefined);
  assert.equal(brief.access.view, true);

  assert.deepEqual(await kc.groups.count(), { count: 4 });
  assert.deepEqual(await kc.groups.count({ top: true }), { count: 3 });
  assert.deepEqual(await kc.groups.count({ search: 'shift' }), { count: 2 });
});

inRealm('groups: members', {}, async (kc, realm) => {
  const { id: staff } = await kc.groups.create({ name: 'staff' });
  const { id: night } = await kc.groups.createChildGroup({ id: staff }, { name: 'night' });
  const [anna, bert] = [await person(kc, 'anna'), await person(kc, 'bert')];
  assert.equal(await kc.users.addToGroup({ id: anna, groupId: staff }), '');
  assert.equal(await kc.users.addToGroup({ id: anna, groupId: night }), '');
  assert.equal(await kc.users.addToGroup({ id: bert, groupId: staff }), '');

  const members = async (id, more) =>
    (await kc.groups.listMembers({ id, ...more })).map((user) => user.username).sort();
  assert.deepEqual(await members(staff), ['anna', 'bert']);
  assert.deepEqual(await members(night), ['anna']);
  assert.equal((await members(staff, { first: 1, max: 1 })).length, 1);
  assert.equal(await kc.groups.listMembers({ id: 'nowhere' }), null);

  const groups = await kc.users.listGroups({ id: anna });
  assert.deepEqual(groups.map(({ path }) => path).sort(), ['/staff', '/staff/night']);
  assert.deepEqual(names(await kc.users.listGroups({ id: anna, search: 'nig' })), ['night']);
  assert.deepEqual(await kc.users.countGroups({ id: anna }), { count: 2 });
  assert.deepEqual(await kc.users.countGroups({ id: anna, search: 'nig' }), { count: 1 });

  const app = await passwordClient(kc, 'app');
  await kc.clients.addProtocolMapper(
    { id: app },
    {
      name: 'groups',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-group-membership-mapper',
      config: { 'claim.name': 'groups', 'full.path': 'true', 'access.token.claim': 'true' },
    },
  );
  const { claims } = await login(realm, { client_id: 'app', username: 'anna', password: passwordOf('anna') });
  assert.deepEqual(claims.groups.toSorted(), ['/staff', '/staff/night']);

  assert.equal(await kc.users.delFromGroup({ id: anna, groupId: staff }), '');
  assert.deepEqual(await members(staff), ['bert']);
  await refused(kc.users.addToGroup({ id: anna, groupId: 'nowhere' }), 404, { error: 'Group not found' });
  await kc.groups.del({ id: night });
  assert.deepEqual(await kc.users.countGroups({ id: anna }), { count: 0 });
});

inRealm('groups: of every new user', {}, async (kc, realm) => {
  const { id } = await kc.groups.create({ name: 'newcomers' });
  assert.deepEqual(await kc.realms.getDefaultGroups({ realm }), []);
  assert.equal(await kc.realms.addDefaultGroup({ realm, id }), '');
  const [found] = await kc.realms.getDefaultGroups({ realm });
  assert.deepEqual([found.id, found.name, found.path], [id, 'newcomers', '/newcomers']);
  const user = await person(kc, 'anna');
  assert.deepEqual(names(await kc.users.listGroups({ id: user })), ['newcomers']);

  assert.equal(await kc.realms.removeDefaultGroup({ realm, id }), '');
  assert.deepEqual(await kc.realms.getDefaultGroups({ realm }), []);
  assert.deepEqual(await kc.users.listGroups({ id: await person(kc, 'bert') }), []);
  await refused(kc.realms.addDefaultGroup({ realm, id: 'nowhere' }), 404, { error: 'Group not found' });
});
