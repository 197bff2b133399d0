// jose: an API that validates by the published keys.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { audience, changeSignature, issuer, secret } from './server.js';

let metadata;
let keys;

before(async () => {
  metadata = await (await fetch(`${issuer.href}/.well-known/openid-configuration`)).json();
  keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
});

async function token(clientId) {
  const response = await fetch(metadata.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'openid',
      client_id: clientId,
      client_secret: secret(clientId),
    }),
  });
  return (await response.json()).access_token;
}

const expected = {
  issuer: issuer.href,
  audience,
  requiredClaims: ['exp', 'iat', 'sub', 'jti'],
};

const services = {
  'backend-service': 'RS256',
  'at-jwt-service': 'RS256',
  'ps256-service': 'PS256',
  'es256-service': 'ES256',
  'eddsa-service': 'EdDSA',
};

for (const [clientId, algorithm] of Object.entries(services)) {
  test(`the token of ${clientId} validates with ${algorithm}`, async () => {
    await jwtVerify(await token(clientId), keys, { ...expected, algorithms: [algorithm] });
  });
}

test('another audience, issuer or algorithm is refused', async () => {
  const accessToken = await token('backend-service');
  await assert.rejects(jwtVerify(accessToken, keys, { ...expected, audience: 'another-api' }), errors.JWTClaimValidationFailed);
  await assert.rejects(jwtVerify(accessToken, keys, { ...expected, issuer: `${issuer.href}/` }), errors.JWTClaimValidationFailed);
  await assert.rejects(jwtVerify(accessToken, keys, { ...expected, algorithms: ['ES256'] }), errors.JOSEAlgNotAllowed);
});

test('an expired token is refused', async () => {
  const currentDate = new Date(Date.now() + 3_600_000);
  await assert.rejects(jwtVerify(await token('backend-service'), keys, { ...expected, currentDate }), errors.JWTExpired);
});

test('a changed signature is refused', async () => {
  const changed = changeSignature(await token('backend-service'));
  await assert.rejects(jwtVerify(changed, keys, expected), errors.JWSSignatureVerificationFailed);
});
