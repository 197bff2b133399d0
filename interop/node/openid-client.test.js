// openid-client: discovery, client_credentials, introspection, revocation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { issuer, secret } from './server.js';

const ways = { basic: client.ClientSecretBasic, post: client.ClientSecretPost };

function discover(clientId, authentication, algorithm = 'oidc') {
  return client.discovery(issuer, clientId, undefined, authentication, {
    algorithm,
    execute: [client.allowInsecureRequests],
  });
}

for (const algorithm of ['oidc', 'oauth2']) {
  test(`discovery by issuer, ${algorithm}`, async () => {
    const config = await discover('backend-service', client.None(), algorithm);
    assert.equal(config.serverMetadata().issuer, issuer.href);
  });
}

for (const [name, way] of Object.entries(ways)) {
  test(`token, introspection and revocation with client_secret_${name}`, async () => {
    const service = await discover('backend-service', way(secret('backend-service')));
    const api = await discover('backend-api', way(secret('backend-api')));
    const tokens = await client.clientCredentialsGrant(service, { scope: 'openid' });
    assert.equal(tokens.token_type, 'bearer');
    assert.ok(tokens.expiresIn() > 0);

    const active = await client.tokenIntrospection(api, tokens.access_token);
    assert.equal(active.active, true);
    assert.equal(active.client_id, 'backend-service');

    await client.tokenRevocation(service, tokens.access_token);
    assert.deepEqual({ ...(await client.tokenIntrospection(api, tokens.access_token)) }, { active: false });
  });

  test(`a wrong secret is refused with client_secret_${name}`, async () => {
    const service = await discover('backend-service', way('wrong'));
    await assert.rejects(client.clientCredentialsGrant(service), (error) => {
      assert.equal(error.status, 401);
      // A challenge, where there is one, is reported before the body (RFC 6749 §5.2).
      return error instanceof client.WWWAuthenticateChallengeError
        ? error.cause[0].scheme === 'basic'
        : error instanceof client.ResponseBodyError && error.error === 'invalid_client';
    });
  });
}
