// users: passwords and other credentials, identities at other providers.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { inRealm, login, passwordClient, passwordOf, person, refused, token } from './realm.js';

const noCredential = { error: 'Credential not found' };

const seed = '12345678901234567890';

const otp = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: seed }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }),
};

/** RFC 6238 §4. */
function totp() {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', seed).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

inRealm('credentials: list, label, order, delete', {}, async (kc, realm) => {
  await passwordClient(kc);
  const credentials = [{ type: 'password', value: passwordOf('anna'), temporary: false }, otp];
  const id = await person(kc, 'anna', { credentials });
  const [password, phone] = await kc.users.getCredentials({ id });
  assert.equal(password.type, 'password');
  assert.ok(Math.abs(password.createdDate - Date.now()) < 60_000);
  assert.equal(phone.type, 'otp');
  assert.equal(phone.userLabel, 'phone');
  for (const secret of [password, phone].map((credential) => JSON.stringify(credential))) {
    assert.ok(!secret.includes(seed) && !secret.includes('secretData'), secret);
  }
  assert.equal((await kc.users.findOne({ id })).totp, true);

  const who = { client_id: 'password-app', username: 'anna', password: passwordOf('anna') };
  assert.equal((await token(realm, who)).error_description, 'Invalid user credentials');
  await login(realm, { ...who, totp: totp() });

  const types = async () => (await kc.users.getCredentials({ id })).map(({ type }) => type);
  assert.equal(await kc.users.updateCredentialLabel({ id, credentialId: password.id }, 'my password'), '');
  assert.equal((await kc.users.getCredentials({ id }))[0].userLabel, 'my password');
  assert.equal(await kc.users.moveCredentialPositionUp({ id, credentialId: phone.id }), '');
  assert.deepEqual(await types(), ['otp', 'password']);
  const after = { id, credentialId: phone.id, newPreviousCredentialId: password.id };
  assert.equal(await kc.users.moveCredentialPositionDown(after), '');
  assert.deepEqual(await types(), ['password', 'otp']);

  assert.equal(await kc.users.deleteCredential({ id, credentialId: phone.id }), '');
  assert.deepEqual(await types(), ['password']);
  assert.equal((await kc.users.findOne({ id })).totp, false);
  await login(realm, who);
  await refused(kc.users.deleteCredential({ id, credentialId: phone.id }), 404, noCredential);
  await refused(kc.users.updateCredentialLabel({ id, credentialId: phone.id }, 'x'), 404, noCredential);
  await refused(kc.users.moveCredentialPositionUp({ id, credentialId: phone.id }), 404, noCredential);
  assert.deepEqual(await kc.users.getUserStorageCredentialTypes({ id }), []);
});

inRealm('credentials: reset of a password', { passwordPolicy: 'length(8) and digits(1)' }, async (kc, realm) => {
  await passwordClient(kc);
  const { id } = await kc.users.create({ username: 'bert', enabled: true });
  const reset = (credential) => kc.users.resetPassword({ id, credential: { type: 'password', ...credential } });
  const ask = (password) => token(realm, { client_id: 'password-app', username: 'bert', password });
  await kc.users.update({ id }, { email: 'bert@example.com', firstName: 'Bert', lastName: 'Ost' });

  assert.equal(await reset({ value: 'temporary-1', temporary: true }), '');
  assert.deepEqual((await kc.users.findOne({ id })).requiredActions, ['UPDATE_PASSWORD']);
  assert.equal((await ask('temporary-1')).error_description, 'Account is not fully set up');

  assert.equal(await reset({ value: 'lasting-1', temporary: false }), '');
  assert.deepEqual((await kc.users.findOne({ id })).requiredActions, []);
  assert.equal((await ask('temporary-1')).error_description, 'Invalid user credentials');
  assert.equal((await ask('lasting-1')).status, 200);
  assert.equal((await kc.users.getCredentials({ id })).length, 1);

  await refused(reset({ value: 'short-1' }), 400, {
    error: 'invalidPasswordMinLengthMessage',
    error_description: 'Invalid password: minimum length 8.',
  });
  await refused(reset({ value: 'without-digit' }), 400, {
    error: 'invalidPasswordMinDigitsMessage',
    error_description: 'Invalid password: must contain at least 1 numerical digits.',
  });
  await refused(reset({ value: '' }), 400, { error: 'Empty password not allowed' });
});

inRealm('credentials: identities at other providers', {}, async (kc) => {
  await kc.identityProviders.create({
    alias: 'elsewhere',
    providerId: 'oidc',
    config: {
      clientId: 'us',
      clientSecret: 'secret',
      authorizationUrl: 'https://idp.example/auth',
      tokenUrl: 'https://idp.example/token',
    },
  });
  const id = await person(kc, 'cora');
  const federatedIdentity = { identityProvider: 'elsewhere', userId: '4711', userName: 'cora.there' };
  const link = { id, federatedIdentityId: 'elsewhere' };
  assert.deepEqual(await kc.users.listFederatedIdentities({ id }), []);
  assert.equal(await kc.users.addToFederatedIdentity({ ...link, federatedIdentity }), '');
  assert.deepEqual(await kc.users.listFederatedIdentities({ id }), [federatedIdentity]);
  await refused(kc.users.addToFederatedIdentity({ ...link, federatedIdentity }), 409, {
    errorMessage: 'User is already linked with provider',
  });
  const found = async (query) => (await kc.users.find(query)).map((user) => user.id);
  assert.deepEqual(await found({ idpAlias: 'elsewhere' }), [id]);
  assert.deepEqual(await found({ idpAlias: 'elsewhere', idpUserId: '4711' }), [id]);
  assert.deepEqual(await found({ idpAlias: 'elsewhere', idpUserId: '4712' }), []);
  assert.equal(await kc.users.delFromFederatedIdentity(link), '');
  assert.deepEqual(await kc.users.listFederatedIdentities({ id }), []);
  await refused(kc.users.delFromFederatedIdentity(link), 404, { error: 'Link not found' });
});
