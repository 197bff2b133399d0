// Events of users and of administrators, and what of them is kept.
import assert from 'node:assert/strict';
import { inRealm, login, passwordClient, passwordOf, person, refused, token } from './realm.js';

inRealm('events: configuration', {}, async (kc, realm) => {
  const { enabledEventTypes, ...rest } = await kc.realms.getConfigEvents({ realm });
  assert.deepEqual(rest, {
    eventsEnabled: false,
    eventsListeners: ['jboss-logging'],
    adminEventsEnabled: false,
    adminEventsDetailsEnabled: false,
  });
  assert.ok(enabledEventTypes.includes('LOGIN') && enabledEventTypes.includes('LOGIN_ERROR'));
  const config = {
    eventsEnabled: true,
    eventsExpiration: 3600,
    eventsListeners: ['jboss-logging'],
    enabledEventTypes: ['LOGIN'],
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
  };
  assert.equal(await kc.realms.updateConfigEvents({ realm }, config), '');
  assert.deepEqual(await kc.realms.getConfigEvents({ realm }), config);
  await refused(kc.realms.updateConfigEvents({ realm }, { eventsListeners: ['nothing'] }), 400, {
    error: 'Unknown event listener',
  });
});

inRealm('events: of users', { eventsEnabled: true }, async (kc, realm) => {
  const client = await passwordClient(kc, 'app');
  const userId = await person(kc, 'anna');
  const who = { client_id: 'app', username: 'anna', password: passwordOf('anna') };
  const { claims } = await login(realm, who);
  await token(realm, { ...who, password: 'wrong' });
  await token(realm, { client_id: 'app', username: 'nobody', password: 'wrong' });

  const find = (query) => kc.realms.findEvents({ realm, ...query });
  const types = async (query) => (await find(query)).map(({ type }) => type);
  // The youngest first.
  assert.deepEqual(await types(), ['LOGIN_ERROR', 'LOGIN_ERROR', 'LOGIN']);
  const [event] = await find({ type: 'LOGIN' });
  const { id, time, details, realmId, ...rest } = event;
  assert.deepEqual(rest, { type: 'LOGIN', clientId: 'app', userId, sessionId: claims.sid, ipAddress: '127.0.0.1' });
  assert.equal(realmId, (await kc.realms.findOne({ realm })).id);
  assert.ok(Math.abs(time - Date.now()) < 60_000);
  assert.deepEqual([details.username, details.grant_type], ['anna', 'password']);
  const failures = await find({ type: 'LOGIN_ERROR' });
  assert.deepEqual(
    failures.map(({ error }) => error),
    ['user_not_found', 'invalid_user_credentials'],
  );
  assert.ok(!JSON.stringify(await find()).includes(passwordOf('anna')));

  assert.deepEqual(await types({ type: ['LOGIN', 'LOGIN_ERROR'] }), ['LOGIN_ERROR', 'LOGIN_ERROR', 'LOGIN']);
  assert.equal((await find({ user: userId })).length, 2);
  assert.equal((await find({ client: 'app' })).length, 3);
  assert.equal((await find({ client })).length, 0);
  assert.equal((await find({ ipAddress: '127.0.0.1', max: 2 })).length, 2);
  assert.deepEqual(await types({ first: 2, max: 2 }), ['LOGIN']);
  assert.deepEqual(await find({ dateTo: '2020-01-01' }), []);
  assert.equal((await find({ dateFrom: '2020-01-01' })).length, 3);
  await refused(find({ dateFrom: 'today' }), 400, {
    error: "Invalid value for 'dateFrom', expected format is yyyy-MM-dd or an Epoch timestamp",
  });
  assert.equal(await kc.realms.clearEvents({ realm }), '');
  assert.deepEqual(await find(), []);
});

inRealm('events: of administrators', {}, async (kc, realm) => {
  await kc.realms.updateConfigEvents({ realm }, { adminEventsEnabled: true, adminEventsDetailsEnabled: true });
  await kc.realms.clearAdminEvents({ realm });
  const id = await person(kc, 'anna');
  await kc.users.update({ id }, { firstName: 'Anna' });
  await kc.roles.create({ name: 'clerk' });
  await kc.users.del({ id });

  const find = (query) => kc.realms.findAdminEvents({ realm, ...query });
  const told = async (query) =>
    (await find(query)).map(({ operationType, resourceType }) => `${operationType} ${resourceType}`);
  assert.deepEqual(await told(), ['DELETE USER', 'CREATE REALM_ROLE', 'UPDATE USER', 'CREATE USER']);
  const [created] = await find({ operationTypes: 'CREATE', resourceTypes: 'USER' });
  assert.equal(created.resourcePath, `users/${id}`);
  const representation = JSON.parse(created.representation);
  assert.deepEqual([representation.username, representation.credentials], ['anna', undefined]);
  const { realmId, clientId, userId, ipAddress } = created.authDetails;
  assert.equal(realmId, (await kc.realms.findOne({ realm: 'master' })).id);
  assert.equal(ipAddress, '127.0.0.1');
  assert.ok(clientId && userId);

  assert.deepEqual(await told({ operationTypes: ['CREATE', 'DELETE'], resourceTypes: 'USER' }), [
    'DELETE USER',
    'CREATE USER',
  ]);
  assert.deepEqual(await told({ resourcePath: `users/${id}` }), ['DELETE USER', 'UPDATE USER', 'CREATE USER']);
  assert.deepEqual(await told({ resourcePath: 'roles*' }), ['CREATE REALM_ROLE']);
  assert.equal((await find({ authUser: userId, authRealm: realmId, authIpAddress: '127.0.0.1' })).length, 4);
  assert.equal((await find({ authClient: clientId, first: 1, max: 2 })).length, 2);
  assert.deepEqual(await find({ dateTo: '2020-01-01' }), []);
  assert.equal((await find({ dateFrom: '2020-01-01' })).length, 4);
  assert.equal(await kc.realms.clearAdminEvents({ realm }), '');
  assert.deepEqual(await find(), []);
});
