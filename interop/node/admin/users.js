// users: representations, search, counts, profile.
import assert from 'node:assert/strict';
import { inRealm, login, passwordClient, passwordOf, person, refused, token } from './realm.js';

const notFound = { error: 'User not found' };

inRealm('users: create, read, update, delete', {}, async (kc) => {
  const { id } = await kc.users.create({
    username: 'Anna.Berg',
    email: 'Anna@Example.com',
    firstName: 'Anna',
    lastName: 'Berg',
    enabled: true,
    requiredActions: ['UPDATE_PASSWORD'],
  });
  const found = await kc.users.findOne({ id });
  assert.ok(Math.abs(found.createdTimestamp - Date.now()) < 60_000);
  const { createdTimestamp, ...rest } = found;
  assert.deepEqual(rest, {
    id,
    username: 'anna.berg',
    email: 'anna@example.com',
    firstName: 'Anna',
    lastName: 'Berg',
    emailVerified: false,
    enabled: true,
    totp: false,
    disableableCredentialTypes: [],
    requiredActions: ['UPDATE_PASSWORD'],
    notBefore: 0,
    access: {
      manageGroupMembership: true,
      resetPassword: true,
      view: true,
      mapRoles: true,
      impersonate: true,
      manage: true,
    },
  });

  assert.equal(await kc.users.update({ id }, { firstName: 'Ann', emailVerified: true, requiredActions: [] }), '');
  const changed = await kc.users.findOne({ id });
  assert.equal(changed.firstName, 'Ann');
  assert.equal(changed.emailVerified, true);
  assert.deepEqual(changed.requiredActions, []);
  assert.equal(changed.username, 'anna.berg');

  assert.equal(await kc.users.del({ id }), '');
  assert.equal(await kc.users.findOne({ id }), null);
  await refused(kc.users.del({ id }), 404, notFound);
  await refused(kc.users.update({ id }, { firstName: 'x' }), 404, notFound);
});

inRealm('users: what is refused', {}, async (kc) => {
  await person(kc, 'taken');
  const create = (user) => kc.users.create({ enabled: true, ...user });
  await refused(create({ username: 'taken' }), 409, { errorMessage: 'User exists with same username' });
  await refused(create({ username: 'other', email: 'taken@example.com' }), 409, {
    errorMessage: 'User exists with same email',
  });
  await refused(create({ email: 'nobody@example.com' }), 400, { errorMessage: 'User name is missing' });
  await refused(create({ username: 'another', email: 'no address' }), 400, {
    field: 'email',
    errorMessage: 'error-invalid-email',
    params: ['email', 'no address'],
  });
  await refused(create({ username: 'ab' }), 400, {
    field: 'username',
    errorMessage: 'error-invalid-length',
    params: ['username', 3, 255],
  });
  await refused(
    create({ username: 'another', nonsense: 1 }),
    400,
    /^Invalid json representation for UserRepresentation\. Unrecognized field "nonsense"/,
  );
});

inRealm('users: search, exact, attributes, paging, counts', {}, async (kc) => {
  await kc.users.updateProfile({ ...(await kc.users.getProfile()), unmanagedAttributePolicy: 'ENABLED' });
  for (const [username, firstName, attributes] of [
    ['carl', 'Carl', { team: ['blue'], floor: ['1'] }],
    ['carla', 'Carla', { team: ['blue'], floor: ['2'] }],
    ['oscar', 'Oscar', { team: ['red'], floor: ['2'] }],
  ]) {
    await person(kc, username, { firstName, attributes });
  }
  await person(kc, 'disabled', { enabled: false, emailVerified: false });
  const found = async (query) => (await kc.users.find(query)).map(({ username }) => username).sort();
  const each = {
    'all': [{}, ['carl', 'carla', 'disabled', 'oscar']],
    'a prefix': [{ search: 'car' }, ['carl', 'carla']],
    'anywhere': [{ search: '*car*' }, ['carl', 'carla', 'oscar']],
    'the whole word': [{ search: '"carl"' }, ['carl']],
    'by id': [{ search: `id:${(await kc.users.find({ username: 'oscar' }))[0].id}` }, ['oscar']],
    'a part of the user name': [{ username: 'scar' }, ['oscar']],
    'the user name exactly': [{ username: 'carl', exact: true }, ['carl']],
    'the email address exactly': [{ email: 'carla@example.com', exact: true }, ['carla']],
    'a first name': [{ firstName: 'carl' }, ['carl', 'carla']],
    'an attribute': [{ q: 'team:blue' }, ['carl', 'carla']],
    'two attributes': [{ q: 'team:blue floor:2' }, ['carla']],
    'who is disabled': [{ enabled: false }, ['disabled']],
    'an address that is not verified': [{ emailVerified: false }, ['disabled']],
    'nobody': [{ search: 'nobody' }, []],
  };
  for (const [what, [query, expected]] of Object.entries(each)) {
    assert.deepEqual(await found(query), expected, what);
    if (!('exact' in query)) {
      assert.equal(await kc.users.count(query), expected.length, `count of ${what}`);
    }
  }
  const pages = [await found({ first: 0, max: 3 }), await found({ first: 3, max: 3 })];
  assert.deepEqual(
    pages.map((page) => page.length),
    [3, 1],
  );
  assert.deepEqual(pages.flat().sort(), ['carl', 'carla', 'disabled', 'oscar']);
  assert.deepEqual(await found({ first: 4, max: 3 }), []);

  const [brief] = await kc.users.find({ username: 'carl', exact: true, briefRepresentation: true });
  assert.equal(brief.attributes, undefined);
  const [full] = await kc.users.find({ username: 'carl', exact: true, briefRepresentation: false });
  assert.deepEqual(full.attributes, { team: ['blue'], floor: ['1'] });
  assert.deepEqual(await kc.users.getUnmanagedAttributes({ id: full.id }), { team: ['blue'], floor: ['1'] });
});

inRealm('users: the profile says which attributes there are', {}, async (kc) => {
  const profile = await kc.users.getProfile();
  assert.deepEqual(
    profile.attributes.map(({ name }) => name),
    ['username', 'email', 'firstName', 'lastName'],
  );
  assert.deepEqual(profile.groups, [
    {
      name: 'user-metadata',
      displayHeader: 'User metadata',
      displayDescription: 'Attributes, which refer to user metadata',
    },
  ]);
  assert.deepEqual(profile.attributes[0].validations.length, { min: 3, max: 255 });

  const shoe = {
    name: 'shoe',
    displayName: 'Shoe size',
    validations: { integer: { min: 20, max: 50 } },
    permissions: { view: ['admin', 'user'], edit: ['admin'] },
    multivalued: false,
  };
  const updated = await kc.users.updateProfile({ ...profile, attributes: [...profile.attributes, shoe] });
  assert.deepEqual(updated.attributes.at(-1), shoe);
  assert.deepEqual(await kc.users.getProfile(), updated);

  const metadata = await kc.users.getProfileMetadata();
  const described = metadata.attributes.find(({ name }) => name === 'shoe');
  assert.equal(described.displayName, 'Shoe size');
  assert.equal(described.required, false);
  assert.equal(described.readOnly, false);

  const id = await person(kc, 'walker', { attributes: { shoe: ['44'], unknown: ['x'] } });
  const read = await kc.users.findOne({ id, userProfileMetadata: true });
  assert.deepEqual(read.attributes, { shoe: ['44'] });
  assert.ok(read.userProfileMetadata.attributes.some(({ name }) => name === 'shoe'));
  await refused(kc.users.update({ id }, { ...read, attributes: { shoe: ['99'] } }), 400, {
    field: 'shoe',
    errorMessage: 'error-number-out-of-range',
    params: ['shoe', 20, 50],
  });
  await refused(kc.users.updateProfile({ attributes: [] }), 400, {
    errorMessage: "[The attribute 'username' can not be removed, The attribute 'email' can not be removed]",
  });
});

inRealm('users: they log in, and no more once disabled', {}, async (kc, realm) => {
  await passwordClient(kc);
  const id = await person(kc, 'dora');
  const { claims } = await login(realm, { client_id: 'password-app', username: 'dora', password: passwordOf('dora') });
  assert.equal(claims.sub, id);
  assert.equal(claims.preferred_username, 'dora');
  assert.equal(claims.email, 'dora@example.com');
  await kc.users.update({ id }, { enabled: false });
  const { status, error, error_description } = await token(realm, {
    client_id: 'password-app',
    username: 'dora',
    password: passwordOf('dora'),
  });
  assert.deepEqual([status, error, error_description], [400, 'invalid_grant', 'Account disabled']);
});
