// Sessions: of users, of clients, of the realm; consents and offline tokens.
import assert from 'node:assert/strict';
import { inRealm, login, passwordClient, passwordOf, person, refused, token } from './realm.js';
import { baseUrl } from './server.js';

const app = (username, more) => ({ client_id: 'app', username, password: passwordOf(username), ...more });

const refresh = (realm, { refresh_token }) =>
  token(realm, { client_id: 'app', grant_type: 'refresh_token', refresh_token });

inRealm('sessions: of a user, and logout', {}, async (kc, realm) => {
  const client = await passwordClient(kc, 'app');
  const id = await person(kc, 'anna');
  const tokens = await login(realm, app('anna'));
  const [session, ...others] = await kc.users.listSessions({ id });
  assert.deepEqual(others, []);
  const { start, lastAccess, ipAddress, ...rest } = session;
  assert.deepEqual(rest, {
    id: tokens.claims.sid,
    userId: id,
    username: 'anna',
    rememberMe: false,
    clients: { [client]: 'app' },
    transientUser: false,
  });
  assert.match(ipAddress, /^(127\.0\.0\.1|::1)$/);
  assert.ok(Math.abs(start - Date.now()) < 60_000 && lastAccess >= start);

  assert.equal(await kc.users.logout({ id }), '');
  assert.deepEqual(await kc.users.listSessions({ id }), []);
  assert.equal((await refresh(realm, tokens)).error, 'invalid_grant');
});

inRealm('sessions: of a client, counts, statistics', {}, async (kc, realm) => {
  const id = await passwordClient(kc, 'app');
  assert.deepEqual(await kc.realms.getClientSessionStats({ realm }), []);
  const users = [await person(kc, 'anna'), await person(kc, 'bert')];
  await login(realm, app('anna'));
  await login(realm, app('bert'));
  await login(realm, app('bert', { scope: 'openid offline_access' }));

  const of = (list) => list.map(({ userId }) => userId).sort();
  assert.deepEqual(of(await kc.clients.listSessions({ id })), users.toSorted());
  assert.equal((await kc.clients.listSessions({ id, first: 0, max: 1 })).length, 1);
  assert.deepEqual(of(await kc.clients.listOfflineSessions({ id })), [users[1]]);
  assert.deepEqual(of(await kc.users.listOfflineSessions({ id: users[1], clientId: id })), [users[1]]);
  assert.deepEqual(await kc.users.listOfflineSessions({ id: users[0], clientId: id }), []);
  await refused(kc.users.listOfflineSessions({ id: users[0], clientId: 'nobody' }), 404, { error: 'Client not found' });
  assert.deepEqual(await kc.clients.getSessionCount({ id }), { count: 2 });
  assert.deepEqual(await kc.clients.getOfflineSessionCount({ id }), { count: 1 });
  assert.deepEqual(await kc.realms.getClientSessionStats({ realm }), [
    { id, clientId: 'app', active: '2', offline: '1' },
  ]);
});

inRealm('sessions: one is ended, then all', {}, async (kc, realm) => {
  const client = await passwordClient(kc, 'app');
  const id = await person(kc, 'anna');
  const [first, second, third] = [
    await login(realm, app('anna')),
    await login(realm, app('anna')),
    await login(realm, app('anna')),
  ];
  const offline = await login(realm, app('anna', { scope: 'openid offline_access' }));
  const left = async () => (await kc.users.listSessions({ id })).map((session) => session.id).sort();

  assert.equal(await kc.realms.removeSession({ realm, sessionId: first.claims.sid }), '');
  assert.equal(await kc.realms.deleteSession({ realm, session: second.claims.sid, isOffline: false }), '');
  assert.deepEqual(await left(), [third.claims.sid]);
  assert.equal((await refresh(realm, first)).error, 'invalid_grant');
  assert.equal((await refresh(realm, second)).error, 'invalid_grant');
  const gone = { realm, session: second.claims.sid, isOffline: false };
  await refused(kc.realms.deleteSession(gone), 404, /^Sess+ion not found$/);
  assert.equal(await kc.realms.removeSession({ realm, sessionId: second.claims.sid }), null);

  const [session] = await kc.users.listOfflineSessions({ id, clientId: client });
  assert.equal(await kc.realms.deleteSession({ realm, session: session.id, isOffline: true }), '');
  assert.equal((await refresh(realm, offline)).error, 'invalid_grant');

  assert.deepEqual(await kc.realms.logoutAll({ realm }), {});
  assert.deepEqual(await left(), []);
  assert.equal((await refresh(realm, third)).error, 'invalid_grant');
});

inRealm('sessions: not before', {}, async (kc, realm) => {
  const client = await passwordClient(kc, 'app');
  await person(kc, 'anna');
  const tokens = await login(realm, app('anna'));
  // In the future, so that no second has to pass.
  const notBefore = Math.floor(Date.now() / 1000) + 60;
  await kc.realms.update({ realm }, { notBefore });
  assert.deepEqual(await kc.realms.pushRevocation({ realm }), {});
  assert.equal((await kc.realms.findOne({ realm })).notBefore, notBefore);
  assert.equal((await refresh(realm, tokens)).error, 'invalid_grant');
  assert.deepEqual(await kc.clients.pushRevocation({ id: client }), {});
});

inRealm('consents: granted, offline, revoked', {}, async (kc, realm) => {
  const client = await passwordClient(kc, 'app');
  await passwordClient(kc, 'asking', { consentRequired: true });
  const result = await kc.realms.partialImport({
    realm,
    rep: {
      ifResourceExists: 'FAIL',
      users: [
        {
          username: 'anna',
          enabled: true,
          email: 'anna@example.com',
          emailVerified: true,
          firstName: 'Anna',
          lastName: 'Berg',
          credentials: [{ type: 'password', value: passwordOf('anna'), temporary: false }],
          realmRoles: ['offline_access'],
          clientConsents: [{ clientId: 'asking', grantedClientScopes: ['email', 'profile'] }],
        },
      ],
    },
  });
  assert.equal(result.added, 1);
  const [{ id }] = await kc.users.find({ username: 'anna', exact: true });
  await login(realm, app('anna', { scope: 'openid offline_access' }));

  const consents = await kc.users.listConsents({ id });
  const asking = consents.find(({ clientId }) => clientId === 'asking');
  assert.deepEqual(asking.grantedClientScopes.toSorted(), ['email', 'profile']);
  assert.deepEqual(asking.additionalGrants, []);
  assert.ok(Number.isInteger(asking.createdDate) && Number.isInteger(asking.lastUpdatedDate));
  assert.deepEqual(
    consents.find(({ clientId }) => clientId === 'app'),
    { clientId: 'app', grantedClientScopes: [], additionalGrants: [{ client, key: 'Offline Token' }] },
  );

  assert.equal(await kc.users.revokeConsent({ id, clientId: 'asking' }), '');
  assert.equal(await kc.users.revokeConsent({ id, clientId: 'app' }), '');
  assert.deepEqual(await kc.users.listConsents({ id }), []);
  assert.deepEqual(await kc.users.listOfflineSessions({ id, clientId: client }), []);
  const gone = { error: 'Consent nor offline token not found' };
  await refused(kc.users.revokeConsent({ id, clientId: 'app' }), 404, gone);
  await refused(kc.users.revokeConsent({ id, clientId: 'nobody' }), 404, { error: 'Client not found' });
});

inRealm('sessions: an administrator in the place of a user', {}, async (kc, realm) => {
  const id = await person(kc, 'anna');
  assert.deepEqual(await kc.users.impersonation({ id }, { user: id, realm }), {
    sameRealm: false,
    redirect: `${baseUrl}/realms/${realm}/account`,
  });
  assert.equal((await kc.users.listSessions({ id })).length, 1);
});
