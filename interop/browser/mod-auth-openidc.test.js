// Apache's mod_auth_openidc in front of a page: a confidential client with PKCE.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { assertQuiet, logIn, person } from './chromium.js';
import { endpoint, issuer } from './server.js';

const apache = process.env.KEYWARD_APACHE;
const modules = '/usr/lib/apache2/modules';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

const configuration = (home, port) => `
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${home}/pid
ErrorLog ${home}/log
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'headers', 'auth_openidc']
  .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
  .join('\n')}
DocumentRoot ${home}
DirectoryIndex page.html
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID web-app
OIDCClientSecret ${process.env.KEYWARD_WEB_APP_SECRET}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRedirectURI http://127.0.0.1:${port}/callback
OIDCCryptoPassphrase a-passphrase-of-this-test
OIDCRemoteUserClaim preferred_username
<Location />
  AuthType openid-connect
  Require valid-user
  Header always set X-Remote-User "expr=%{REMOTE_USER}"
  Header always set X-Mail "%{OIDC_CLAIM_email}e"
</Location>
`;

async function start() {
  const home = await mkdtemp(join(tmpdir(), 'keyward-apache-'));
  await chmod(home, 0o755);
  const port = await freePort();
  const file = join(home, 'apache.conf');
  await writeFile(file, configuration(home, port), { mode: 0o600 });
  await writeFile(join(home, 'page.html'), '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Page</title><h1>Page</h1>');
  const child = spawn(apache, ['-X', '-d', home, '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  after(async () => {
    child.kill('SIGTERM');
    await Promise.race([once(child, 'exit'), wait(5_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });
  const base = `http://127.0.0.1:${port}`;
  for (let step = 0; step < 100; step += 1) {
    try {
      await fetch(base, { redirect: 'manual' });
      return { base, log: () => readFile(join(home, 'log'), 'utf8') };
    } catch {
      await wait(100);
    }
  }
  throw new Error(`Apache does not answer: ${await readFile(join(home, 'log'), 'utf8').catch(String)}`);
}

test('login, names in the headers, logout', { skip: apache ? false : 'no Apache with mod_auth_openidc here' }, async () => {
  const { base, log } = await start();
  const context = await person();
  const page = await context.newPage();
  await page.goto(`${base}/`);
  assert.ok(page.url().startsWith(issuer), page.url());
  await logIn(page);
  await page.waitForURL(`${base}/`).catch(async () => assert.fail(`${page.url()}\n${await log()}`));
  const response = await page.reload();
  assert.equal(response.headers()['x-remote-user'], 'alice');
  assert.equal(response.headers()['x-mail'], 'alice@example.com');
  assertQuiet(context);

  // Logged out at the application and at the server; `+` allows the redirect URI alone.
  await page.goto(`${base}/callback?logout=${encodeURIComponent(`${base}/callback`)}`);
  // Apache answers with a page that goes on by itself: until it has, another address would cross its way.
  await page.waitForURL(`${base}/callback`);
  await page.waitForLoadState('networkidle');
  await page.goto(`${endpoint('auth')}?prompt=none&client_id=web-app&response_type=code&scope=openid`
    + `&code_challenge=${'x'.repeat(43)}&code_challenge_method=S256&redirect_uri=${encodeURIComponent(`${base}/callback`)}`);
  assert.match(page.url(), /error=login_required/);
  await context.close();
});
