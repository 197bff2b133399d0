// The server under test: the one that KEYWARD_ADMIN_URL names, or a `keyward dev` of our own.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The tests were written against Keycloak 26.7; the few answers that differ by decision ask this constant. */
export const isKeycloak = process.env.KEYWARD_ADMIN_SERVER === 'keycloak';

const { url, user, password } = process.env.KEYWARD_ADMIN_URL
  ? {
      url: process.env.KEYWARD_ADMIN_URL,
      user: process.env.KEYWARD_ADMIN_USER ?? 'admin',
      password: process.env.KEYWARD_ADMIN_PASSWORD ?? 'admin',
    }
  : await start();

/** Without a slash at the end. */
export const baseUrl = url.replace(/\/$/, '');

export const credentials = { username: user, password, grantType: 'password', clientId: 'admin-cli' };

async function start() {
  const data = mkdtempSync(join(tmpdir(), 'keyward-admin-'));
  const bootstrap = { user: 'admin', password: randomBytes(16).toString('hex') };
  const child = spawn(keyward(), ['dev', '--data', data, '--listen', '127.0.0.1:0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      KEYWARD_BOOTSTRAP_ADMIN_USERNAME: bootstrap.user,
      KEYWARD_BOOTSTRAP_ADMIN_PASSWORD: bootstrap.password,
    },
  });
  process.once('exit', () => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 3 });
  });
  const ready = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line)));
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`keyward dev ended with ${status}`)));
  });
  // The process ends when the tests do, not when the server does.
  child.unref();
  child.stdout.unref();
  return {
    url: ready.base_url,
    user: ready.admin?.username ?? bootstrap.user,
    password: ready.admin?.password ?? bootstrap.password,
  };
}

/** The program that was built, from here or from a copy of this folder below `target/`. */
function keyward() {
  for (let folder = import.meta.dirname ?? process.cwd(); folder !== dirname(folder); folder = dirname(folder)) {
    const found = [join(folder, 'target/debug/keyward'), join(folder, 'debug/keyward')].find(existsSync);
    if (found) {
      return found;
    }
  }
  throw new Error('no target/debug/keyward: run `cargo build -p keyward-cli`, or set KEYWARD_ADMIN_URL');
}
