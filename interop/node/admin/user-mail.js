// users: mails with links that work.
import assert from 'node:assert/strict';
import { follow, withMail } from './mail.js';
import { clientOf, inRealm, login, passwordClient, passwordOf, person, refused } from './realm.js';

inRealm('users: the mailed link sets a new password', {}, (kc, realm) =>
  withMail(async ({ smtpServer, next }) => {
    await kc.realms.update({ realm }, { smtpServer });
    await passwordClient(kc);
    const id = await person(kc, 'mona');
    assert.equal(await kc.users.executeActionsEmail({ id, actions: ['UPDATE_PASSWORD'], lifespan: 600 }), '');
    const mail = next();
    assert.deepEqual(mail.to, ['mona@example.com']);
    await follow(mail.link, 'a new password');
    await login(realm, { client_id: 'password-app', username: 'mona', password: 'a new password' });
    assert.deepEqual((await kc.users.findOne({ id })).requiredActions, []);
  }),
);

inRealm('users: the mailed link verifies the address', {}, (kc, realm) =>
  withMail(async ({ smtpServer, next }) => {
    await kc.realms.update({ realm }, { smtpServer });
    const id = await person(kc, 'nils', { emailVerified: false });
    assert.equal(await kc.users.sendVerifyEmail({ id }), '');
    await follow(next().link);
    assert.equal((await kc.users.findOne({ id })).emailVerified, true);

    await kc.users.update({ id }, { emailVerified: false });
    assert.equal(await kc.users.executeActionsEmail({ id, actions: ['VERIFY_EMAIL'] }), '');
    await follow(next().link);
    assert.equal((await kc.users.findOne({ id })).emailVerified, true);
  }),
);

inRealm('users: mails that are not sent', {}, (kc, realm) =>
  withMail(async ({ smtpServer, next }) => {
    await passwordClient(kc, 'app', { redirectUris: ['https://app.example/*'] });
    const { id: silent } = await kc.users.create({ username: 'silent', enabled: true });
    const id = await person(kc, 'olaf');
    const ask = (more) => kc.users.executeActionsEmail({ id, actions: ['UPDATE_PASSWORD'], ...more });
    await refused(ask({}), 500, /^Failed to send execute actions email/);
    await refused(kc.users.sendVerifyEmail({ id }), 500, { errorMessage: 'Failed to send verify email' });

    await kc.realms.update({ realm }, { smtpServer });
    const refusals = [
      [{ id: silent }, 'User email missing'],
      [{ actions: ['NOTHING_KNOWN'] }, 'Provided invalid required actions'],
      [{ clientId: 'nobody' }, "Client doesn't exist"],
      [{ redirectUri: 'https://app.example/' }, 'Client id missing'],
      [{ clientId: 'app', redirectUri: 'https://evil.example/' }, 'Invalid redirect uri.'],
    ];
    for (const [more, errorMessage] of refusals) {
      await refused(ask(more), 400, { errorMessage });
    }
    await refused(kc.users.sendVerifyEmail({ id: silent }), 400, { errorMessage: 'User email missing' });
    await ask({ clientId: 'app', redirectUri: 'https://app.example/back' });
    assert.deepEqual(next().to, ['olaf@example.com']);
  }),
);

inRealm('realms: the mail server is tried', {}, (kc, realm) =>
  withMail(async ({ smtpServer, next }) => {
    // The mail goes to who asks.
    const [management] = await kc.clients.find({ clientId: 'realm-management' });
    const roles = [await kc.clients.findRole({ id: management.id, roleName: 'manage-realm' })];
    await kc.users.addClientRoleMappings({ id: await person(kc, 'anna'), clientUniqueId: management.id, roles });
    const who = { client_id: 'admin-cli', username: 'anna', password: passwordOf('anna') };
    const { access_token } = await login(realm, who);
    const anna = clientOf(realm, async () => access_token);
    assert.equal(await anna.realms.testSMTPConnection({ realm }, smtpServer), '');
    assert.deepEqual(next().to, ['anna@example.com']);
    await refused(anna.realms.testSMTPConnection({ realm }, { ...smtpServer, port: '1' }), 500, {
      errorMessage: 'Failed to send email',
    });
  }),
);
