// openid-client: code + PKCE with a person, refresh, userinfo, logout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { Person, redirectUri } from './person.js';
import { issuer, secret } from './server.js';

const kinds = {
  'frontend-app': client.None(),
  'web-app': client.ClientSecretBasic(secret('web-app')),
};

for (const [clientId, authentication] of Object.entries(kinds)) {
  test(`${clientId}: login, userinfo, refresh, logout`, async () => {
    const config = await client.discovery(issuer, clientId, undefined, authentication, {
      execute: [client.allowInsecureRequests],
    });
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
    const person = new Person();
    const answered = await person.visit(
      client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
        max_age: '600',
      }),
    );
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 600, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(config, answered, checks);
    const { sub, auth_time: authTime } = tokens.claims();
    assert.ok(Math.abs(authTime - Date.now() / 1000) < 60);

    const userInfo = await client.fetchUserInfo(config, tokens.access_token, sub);
    assert.equal(userInfo.preferred_username, 'alice');
    assert.equal(userInfo.email_verified, true);

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(refreshed.access_token, tokens.access_token);
    assert.equal(refreshed.claims().sub, sub);

    // A second login needs no form; the code of another tab does not fit its verifier.
    const again = await person.visit(
      client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
        prompt: 'none',
      }),
    );
    await assert.rejects(client.authorizationCodeGrant(config, again, { pkceCodeVerifier }), { error: 'invalid_grant' });

    const end = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: redirectUri,
      id_token_hint: refreshed.id_token,
      state: 'bye',
    });
    assert.equal((await person.visit(end)).searchParams.get('state'), 'bye');
    await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token ?? tokens.refresh_token), {
      error: 'invalid_grant',
    });
    await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, sub));
  });
}

test('a refusal comes back as an error of the library', async () => {
  const config = await client.discovery(issuer, 'frontend-app', undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  const url = client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope: 'openid', prompt: 'none', state: 's' });
  url.searchParams.set('code_challenge', await client.calculatePKCECodeChallenge('x'.repeat(43)));
  url.searchParams.set('code_challenge_method', 'S256');
  const answered = await new Person().visit(url);
  const checks = { pkceCodeVerifier: 'x'.repeat(43), expectedState: 's' };
  await assert.rejects(client.authorizationCodeGrant(config, answered, checks), {
    name: 'AuthorizationResponseError',
    error: 'login_required',
  });
});
