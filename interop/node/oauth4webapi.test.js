// oauth4webapi: the same steps by hand, and RFC 9068 validation as a resource server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { audience, issuer, secret } from './server.js';

const insecure = { [oauth.allowInsecureRequests]: true };

async function discover(algorithm = 'oidc') {
  const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
}

async function token(as, clientId, way = oauth.ClientSecretBasic, clientSecret = secret(clientId)) {
  const client = { client_id: clientId };
  const form = new URLSearchParams({ scope: 'openid' });
  const response = await oauth.clientCredentialsGrantRequest(as, client, way(clientSecret), form, insecure);
  return (await oauth.processClientCredentialsResponse(as, client, response)).access_token;
}

async function introspect(as, accessToken) {
  const client = { client_id: 'backend-api' };
  const way = oauth.ClientSecretBasic(secret('backend-api'));
  const response = await oauth.introspectionRequest(as, client, way, accessToken, insecure);
  return oauth.processIntrospectionResponse(as, client, response);
}

test('discovery by issuer in both forms', async () => {
  assert.deepEqual(await discover('oauth2'), await discover('oidc'));
});

test('token, introspection, revocation', async () => {
  const as = await discover();
  const accessToken = await token(as, 'backend-service', oauth.ClientSecretPost);
  assert.equal((await introspect(as, accessToken)).active, true);
  const client = { client_id: 'backend-service' };
  const way = oauth.ClientSecretPost(secret('backend-service'));
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, way, accessToken, insecure));
  assert.equal((await introspect(as, accessToken)).active, false);
});

for (const clientId of ['at-jwt-service', 'es256-service', 'eddsa-service']) {
  test(`an API validates the at+jwt of ${clientId} (RFC 9068 §4)`, async () => {
    const as = await discover();
    const request = new Request('http://127.0.0.1/orders', {
      headers: { authorization: `Bearer ${await token(as, clientId)}` },
    });
    const claims = await oauth.validateJwtAccessToken(as, request, audience, insecure);
    assert.equal(claims.client_id, clientId);
    await assert.rejects(oauth.validateJwtAccessToken(as, request, 'another-api', insecure), { code: oauth.JWT_CLAIM_COMPARISON });
  });
}

test('a wrong secret is invalid_client', async () => {
  await assert.rejects(token(await discover(), 'backend-service', oauth.ClientSecretPost, 'wrong'), {
    name: 'ResponseBodyError',
    status: 401,
    error: 'invalid_client',
  });
});

test('introspection without a right secret is refused', async () => {
  const as = await discover();
  const client = { client_id: 'backend-api' };
  const way = oauth.ClientSecretPost('wrong');
  const response = await oauth.introspectionRequest(as, client, way, 'token', insecure);
  assert.equal(response.status, 401);
  await assert.rejects(oauth.processIntrospectionResponse(as, client, response), { error: 'invalid_client' });
});
