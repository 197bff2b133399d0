// oauth4webapi: the same by hand, with the signature of the ID token checked by the published keys.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { Person, redirectUri } from './person.js';
import { issuer, secret } from './server.js';

const insecure = { [oauth.allowInsecureRequests]: true };
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));

async function begin(client, more = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  return { url, verifier, state, nonce };
}

const kinds = {
  'frontend-app': oauth.None(),
  'web-app': oauth.ClientSecretPost(secret('web-app')),
};

for (const [clientId, way] of Object.entries(kinds)) {
  test(`${clientId}: login, userinfo, refresh, revocation`, async () => {
    const client = { client_id: clientId };
    const person = new Person();
    const { url, verifier, state, nonce } = await begin(client);
    const parameters = oauth.validateAuthResponse(as, client, await person.visit(url), state);
    const response = await oauth.authorizationCodeGrantRequest(as, client, way, parameters, redirectUri, verifier, insecure);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);

    const asked = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
    assert.equal((await oauth.processUserInfoResponse(as, client, sub, asked)).preferred_username, 'alice');

    const refresh = await oauth.refreshTokenGrantRequest(as, client, way, tokens.refresh_token, insecure);
    const refreshed = await oauth.processRefreshTokenResponse(as, client, refresh);
    assert.equal(oauth.getValidatedIdTokenClaims(refreshed).sub, sub);

    const last = refreshed.refresh_token ?? tokens.refresh_token;
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, way, last, insecure));
    const refused = await oauth.refreshTokenGrantRequest(as, client, way, last, insecure);
    await assert.rejects(oauth.processRefreshTokenResponse(as, client, refused), { error: 'invalid_grant' });
  });
}

test('a code spent twice takes back what it gave', async () => {
  const client = { client_id: 'frontend-app' };
  const { url, verifier, state, nonce } = await begin(client);
  const parameters = oauth.validateAuthResponse(as, client, await new Person().visit(url), state);
  const spend = () =>
    oauth.authorizationCodeGrantRequest(as, client, oauth.None(), parameters, redirectUri, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, await spend(), { expectedNonce: nonce });
  await assert.rejects(async () => oauth.processAuthorizationCodeResponse(as, client, await spend()), {
    error: 'invalid_grant',
    status: 400,
  });
  const asked = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
  await assert.rejects(async () => oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, asked));
});

test('a bad verifier is invalid_grant', async () => {
  const client = { client_id: 'frontend-app' };
  const { url, state } = await begin(client);
  const parameters = oauth.validateAuthResponse(as, client, await new Person().visit(url), state);
  const wrong = oauth.generateRandomCodeVerifier();
  const response = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), parameters, redirectUri, wrong, insecure);
  await assert.rejects(oauth.processAuthorizationCodeResponse(as, client, response), { error: 'invalid_grant' });
});
