// organizations, kept as data: representations, members, invitations, identity providers, groups.
import assert from 'node:assert/strict';
import { withMail } from './mail.js';
import { isKeycloak } from './server.js';
import { inRealm, names, notFound, passwordClient, person, refused } from './realm.js';

const enabled = { organizationsEnabled: true };

/** Groups and invitations are Keycloak's alone: see not-offered.js. */
const onKeycloak = isKeycloak ? inRealm : () => {};

const noOrganization = { errorMessage: 'Organization not found.' };

const acme = {
  name: 'acme',
  alias: 'acme',
  description: 'makes all',
  domains: [{ name: 'acme.example', verified: false }],
};

inRealm('organizations: create, read, update, delete', enabled, async (kc, realm) => {
  const of = kc.organizations;
  const { id } = await of.create({ ...acme, attributes: { trade: ['all'] }, redirectUrl: 'https://acme.example/' });
  const found = await of.findOne({ id });
  assert.deepEqual(found, {
    id,
    ...acme,
    enabled: true,
    attributes: { trade: ['all'] },
    redirectUrl: 'https://acme.example/',
  });
  await of.create({ name: 'beta', domains: [{ name: 'beta.example' }] });
  assert.deepEqual(names(await of.find()), ['acme', 'beta']);
  assert.deepEqual(names(await of.find({ search: 'acme.example' })), ['acme']);
  assert.deepEqual(names(await of.find({ search: 'acm', exact: true })), []);
  assert.deepEqual(names(await of.find({ q: 'trade:all' })), ['acme']);
  assert.equal((await of.find({ first: 1, max: 1 })).length, 1);
  await refused(of.create(acme), 409, { errorMessage: 'A organization with the same name already exists.' });
  await refused(of.create({ name: 'gamma', domains: acme.domains }), 400, {
    errorMessage: `Domain acme.example is already linked to organization acme in realm ${realm}`,
  });

  assert.equal(await of.updateById({ id }, { ...found, description: 'makes some' }), '');
  assert.equal((await of.findOne({ id })).description, 'makes some');
  await refused(of.updateById({ id }, { ...found, alias: 'other' }), 400, { errorMessage: 'Cannot change the alias' });
  assert.equal(await of.delById({ id }), '');
  await refused(of.findOne({ id }), 404, noOrganization);
  await refused(of.delById({ id }), 404, noOrganization);
  await refused(of.updateById({ id }, found), 404, noOrganization);

  await kc.realms.update({ realm }, { organizationsEnabled: false });
  await refused(of.find(), 404, { errorMessage: 'Organizations not enabled for this realm.' });
});

inRealm('organizations: members', enabled, async (kc) => {
  const of = kc.organizations;
  const { id: orgId } = await of.create(acme);
  const [anna, bert] = [await person(kc, 'anna'), await person(kc, 'bert')];
  assert.deepEqual(await of.listMembers({ orgId }), []);
  assert.equal(await of.addMember({ orgId, userId: anna }), '');
  const [member] = await of.listMembers({ orgId });
  assert.deepEqual([member.id, member.username, member.membershipType], [anna, 'anna', 'UNMANAGED']);
  assert.equal((await of.getMember({ orgId, userId: anna })).username, 'anna');
  assert.deepEqual(names(await of.memberOrganizations({ userId: anna })), ['acme']);
  assert.deepEqual(await of.memberOrganizations({ userId: bert }), []);
  await refused(of.addMember({ orgId, userId: anna }), 409, {
    errorMessage: 'User is already a member of the organization.',
  });
  await refused(of.getMember({ orgId, userId: bert }), 404, notFound);
  assert.equal(await of.delMember({ orgId, userId: anna }), '');
  assert.deepEqual(await of.listMembers({ orgId }), []);
  await refused(of.delMember({ orgId, userId: anna }), 404, notFound);
});

onKeycloak('organizations: invitations', enabled, (kc, realm) =>
  withMail(async ({ smtpServer, next }) => {
    const of = kc.organizations;
    await kc.realms.update({ realm }, { smtpServer, registrationAllowed: true });
    const { id: orgId } = await of.create(acme);
    const bert = await person(kc, 'bert');
    const form = (fields) => {
      const data = new FormData();
      Object.entries(fields).forEach(([name, value]) => data.append(name, value));
      return data;
    };
    const invited = form({ email: 'new@acme.example', firstName: 'New', lastName: 'Member' });
    assert.equal(await of.invite({ orgId }, invited), '');
    assert.deepEqual(next().to, ['new@acme.example']);
    assert.equal(await of.inviteExistingUser({ orgId }, form({ id: bert })), '');
    assert.deepEqual(next().to, ['bert@example.com']);

    const list = await of.listInvitations({ orgId });
    assert.deepEqual(list.map(({ email }) => email).sort(), ['bert@example.com', 'new@acme.example']);
    const invitation = list.find(({ email }) => email === 'new@acme.example');
    const { id: invitationId, status, firstName } = invitation;
    assert.deepEqual([status, firstName], ['PENDING', 'New']);
    assert.equal((await of.findInvitation({ orgId, invitationId })).email, 'new@acme.example');
    assert.equal(await of.resendInvitation({ orgId, invitationId }), '');
    assert.deepEqual(next().to, ['new@acme.example']);

    for (const { id } of await of.listInvitations({ orgId })) {
      assert.equal(await of.deleteInvitation({ orgId, invitationId: id }), '');
    }
    assert.deepEqual(await of.listInvitations({ orgId }), []);
    const gone = { errorMessage: 'Invitation not found' };
    await refused(of.findInvitation({ orgId, invitationId }), 404, gone);
    await refused(of.resendInvitation({ orgId, invitationId }), 404, gone);
    await refused(of.deleteInvitation({ orgId, invitationId }), 404, gone);
  }),
);

inRealm('organizations: identity providers', enabled, async (kc) => {
  const of = kc.organizations;
  const { id: orgId } = await of.create(acme);
  await kc.identityProviders.create({
    alias: 'elsewhere',
    providerId: 'oidc',
    enabled: true,
    config: { clientId: 'us', authorizationUrl: 'https://idp.example/auth', tokenUrl: 'https://idp.example/token' },
  });
  const link = { orgId, alias: 'elsewhere' };
  assert.equal(await of.linkIdp(link), '');
  const [found] = await of.listIdentityProviders({ orgId });
  assert.deepEqual([found.alias, found.organizationId], ['elsewhere', orgId]);
  const unknown = { errorMessage: 'Identity provider not found with the given alias' };
  await refused(of.linkIdp(link), 409, { errorMessage: 'Identity provider already associated to the organization' });
  await refused(of.linkIdp({ orgId, alias: 'nothing' }), 400, unknown);
  assert.equal(await of.unLinkIdp(link), '');
  assert.deepEqual(await of.listIdentityProviders({ orgId }), []);
  await refused(of.unLinkIdp(link), 404, unknown);
});

inRealm('organizations: whose groups the client means', enabled, async (kc) => {
  const { id: orgId } = await kc.organizations.create(acme);
  const of = kc.organizations.groups(orgId);
  assert.deepEqual(
    [of.getOrgId(), of.isOrgGroups(), kc.groups.getOrgId(), kc.groups.isOrgGroups()],
    [orgId, true, undefined, false],
  );
});

onKeycloak('organizations: groups of their own', enabled, async (kc) => {
  const { id: orgId } = await kc.organizations.create(acme);
  const of = kc.organizations.groups(orgId);
  const { id } = await of.create({ name: 'team' });
  await refused(of.create({ name: 'team' }), 409, { errorMessage: 'Group with the given name already exists.' });
  assert.deepEqual(names(await of.find()), ['team']);
  assert.deepEqual(names(await kc.groups.find()), []);
  assert.equal(await of.update({ id }, { name: 'crew' }), '');
  assert.equal((await of.findOne({ id })).path, '/crew');
  const { id: child } = await of.createChildGroup({ id }, { name: 'night' });
  assert.deepEqual(names(await of.listSubGroups({ parentId: id })), ['night']);
  await of.updateRoot({ id: child, name: 'night' });
  assert.deepEqual(names(await of.find()), ['crew', 'night']);
  await of.updateChildGroup({ id }, { id: child, name: 'night' });
  assert.equal((await of.findOne({ id: child })).path, '/crew/night');

  const [anna, bert] = [await person(kc, 'anna'), await person(kc, 'bert')];
  await kc.organizations.addMember({ orgId, userId: anna });
  assert.equal(await of.addMemberToOrgGroup({ groupId: id, userId: anna }), '');
  await refused(of.addMemberToOrgGroup({ groupId: id, userId: bert }), 400, {
    errorMessage: 'User is not member of the organization',
  });
  assert.deepEqual(
    (await of.listMembers({ id })).map(({ username }) => username),
    ['anna'],
  );
  assert.deepEqual(names(await of.listOrgGroups({ id: anna })), ['crew']);
  assert.equal(await of.removeMemberFromOrgGroup({ groupId: id, userId: anna }), '');
  assert.deepEqual(await of.listMembers({ id }), []);

  assert.equal(await of.del({ id }), '');
  assert.equal(await of.findOne({ id }), null);
  await refused(of.del({ id }), 404, { errorMessage: 'Group does not exist' });
});

onKeycloak('organizations: roles of their groups', enabled, async (kc) => {
  const { id: orgId } = await kc.organizations.create(acme);
  const of = kc.organizations.groups(orgId);
  const { id } = await of.create({ name: 'team' });
  await kc.roles.create({ name: 'clerk' });
  const roles = [await kc.roles.findOneByName({ name: 'clerk' })];
  assert.equal(await of.addRealmRoleMappings({ id, roles }), '');
  assert.deepEqual(names(await of.listRealmRoleMappings({ id })), ['clerk']);
  assert.deepEqual(names(await of.listCompositeRealmRoleMappings({ id })), ['clerk']);
  assert.ok(!names(await of.listAvailableRealmRoleMappings({ id })).includes('clerk'));
  assert.deepEqual(names((await of.listRoleMappings({ id })).realmMappings), ['clerk']);
  assert.equal(await of.delRealmRoleMappings({ id, roles }), '');
  assert.deepEqual(await of.listRoleMappings({ id }), {});

  const client = await passwordClient(kc, 'shop');
  await kc.clients.createRole({ id: client, name: 'read' });
  const where = { id, clientUniqueId: client };
  const read = { ...where, roles: [await kc.clients.findRole({ id: client, roleName: 'read' })] };
  assert.deepEqual(names(await of.listAvailableClientRoleMappings(where)), ['read']);
  assert.equal(await of.addClientRoleMappings(read), '');
  assert.deepEqual(names(await of.listClientRoleMappings(where)), ['read']);
  assert.deepEqual(names(await of.listCompositeClientRoleMappings(where)), ['read']);
  assert.equal(await of.delClientRoleMappings(read), '');
  assert.deepEqual(await of.listClientRoleMappings(where), []);
});
