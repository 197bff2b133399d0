// Chromium, driven by playwright-core; every page's complaints are kept.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { password } from './server.js';

// A machine without the wider network: nothing that calls home by itself.
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

const browser = await chromium.launch({
  executablePath: process.env.KEYWARD_CHROMIUM,
  // Its sandbox needs user namespaces, which root in a container has not; it only opens our own pages.
  chromiumSandbox: false,
  args,
});
after(() => browser.close());

/** A person's browser: cookies of its own. `complaints` are the errors on the consoles of all of its pages. */
export async function person(options = {}) {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  context.setDefaultTimeout(20_000);
  context.complaints = [];
  const note = (text) => context.complaints.push(text);
  context.on('console', (message) => message.type() === 'error' && note(`${message.text()} (${message.location().url})`));
  context.on('weberror', (error) => note(String(error.error())));
  return context;
}

/** No error, no violation of a content security policy. */
export function assertQuiet(context) {
  assert.deepEqual(context.complaints, []);
}

/** What a person does on the login page. */
export async function logIn(page, username = 'alice', secret = password[username]) {
  await page.fill('#username', username);
  await page.fill('#password', secret);
  await page.click('#kc-login');
}

/**
 * Sends a page elsewhere by `go`, a function that runs in it, and waits until it has left: what is asked of the page
 * afterwards is not answered by the one before.
 */
export async function leave(page, go) {
  const left = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await page.evaluate(go);
  await left;
}
