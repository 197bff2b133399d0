// clients: the keys of private_key_jwt, as stores of Java and as certificates.
import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey, sign } from 'node:crypto';
import { inRealm, login, refused, token } from './realm.js';
import { baseUrl, isKeycloak } from './server.js';

const attr = 'jwt.credential';

const noStores = { error: 'not_implemented', error_description: 'Keyward does not offer key stores of Java' };

inRealm('client keys: generated, and used', {}, async (kc, realm) => {
  const { id } = await kc.clients.create({
    clientId: 'robot',
    clientAuthenticatorType: 'client-jwt',
    serviceAccountsEnabled: true,
  });
  assert.deepEqual(await kc.clients.getKeyInfo({ id, attr }), {});
  const { privateKey, certificate } = await kc.clients.generateKey({ id, attr });
  assert.match(new X509Certificate(Buffer.from(certificate, 'base64')).subject, /CN=robot/);
  assert.equal((await kc.clients.getKeyInfo({ id, attr })).certificate, certificate);

  const issuer = `${baseUrl}/realms/${realm}`;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'robot', sub: 'robot', aud: issuer, jti: `${now}`, iat: now, exp: now + 30 };
  const parts = [{ alg: 'RS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${privateKey}\n-----END RSA PRIVATE KEY-----`;
  const signature = sign('sha256', Buffer.from(parts.join('.')), createPrivateKey(pem)).toString('base64url');
  const asked = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: [...parts, signature].join('.'),
  };
  if (isKeycloak) {
    await login(realm, asked);
  } else {
    // Not offered yet: private_key_jwt (RFC 7523). Until then the key is data.
    const { status, error } = await token(realm, asked);
    assert.deepEqual([status, error], [401, 'invalid_client']);
  }
});

inRealm('client keys: a certificate is uploaded', {}, async (kc) => {
  const { id } = await kc.clients.create({ clientId: 'robot' });
  const { id: other } = await kc.clients.create({ clientId: 'other' });
  const { certificate } = await kc.clients.generateKey({ id: other, attr });
  const form = new FormData();
  form.append('keystoreFormat', 'Certificate PEM');
  form.append('file', new Blob([certificate]));
  assert.equal((await kc.clients.uploadCertificate({ id, attr }, form)).certificate, certificate);
  assert.deepEqual(await kc.clients.getKeyInfo({ id, attr }), { certificate });
});

inRealm('client keys: stores of Java', {}, async (kc, realm) => {
  const { id } = await kc.clients.create({ clientId: 'robot' });
  const store = {
    format: 'PKCS12',
    keyAlias: 'robot',
    keyPassword: 'password',
    storePassword: 'password',
    realmAlias: realm,
    realmCertificate: true,
  };
  if (!isKeycloak) {
    // By decision: PEM and JWK are the formats of keys here.
    const form = new FormData();
    form.append('keystoreFormat', 'PKCS12');
    form.append('file', new Blob(['0']));
    await refused(kc.clients.generateAndDownloadKey({ id, attr }, store), 501, noStores);
    await refused(kc.clients.uploadKey({ id, attr }, form), 501, noStores);
    await refused(kc.clients.downloadKey({ id, attr }, store), 501, noStores);
    return;
  }
  const file = await kc.clients.generateAndDownloadKey({ id, attr }, store);
  // A sequence of DER, as every PKCS #12 file is (RFC 7292 §4).
  assert.equal(new Uint8Array(file)[0], 0x30);
  const { certificate, privateKey } = await kc.clients.getKeyInfo({ id, attr });
  assert.equal(privateKey, undefined);

  const form = new FormData();
  for (const [name, value] of Object.entries({ ...store, keystoreFormat: 'PKCS12' })) {
    form.append(name, value);
  }
  form.append('file', new Blob([file]));
  const uploaded = await kc.clients.uploadKey({ id, attr }, form);
  assert.equal(uploaded.certificate, certificate);
  assert.ok(uploaded.privateKey.length > 1000);
  assert.equal(new Uint8Array(await kc.clients.downloadKey({ id, attr }, store))[0], 0x30);
});
