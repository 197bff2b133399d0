// The link that `keyward dev` prints: a login, userinfo, a refresh, consent, logout.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertQuiet, person } from './chromium.js';
import { issuer, password } from './server.js';

const demo = `${issuer.split('/realms/')[0]}/demo`;

async function enter(page) {
  assert.equal(await page.inputValue('#username'), 'alice');
  await page.fill('#password', password.alice);
  await page.click('#kc-login');
}

test('the printed link logs alice in', async () => {
  const context = await person();
  const page = await context.newPage();
  await page.goto(`${demo}?login=alice`);
  await enter(page);
  await page.locator('#in').waitFor();
  assert.match(await page.locator('#greeting').innerText(), /Alice/);
  assert.match(await page.locator('#claims').innerText(), /alice@example\.com/);
  await page.click('#userinfo');
  await page.locator('#answered').getByText('alice@example.com').first().waitFor();
  await page.click('#refresh');
  await page.waitForFunction(() => /[Rr]efresh/.test(document.querySelector('#question').textContent));
  await page.click('#logout');
  await page.locator('#out').waitFor();
  assertQuiet(context);
  await context.close();
});

test('an application of somebody else asks for consent', async () => {
  const context = await person();
  const page = await context.newPage();
  await page.goto(demo);
  await page.click('[data-client="third-party-app"]');
  await page.fill('#username', 'alice');
  await page.fill('#password', password.alice);
  await page.click('#kc-login');
  await page.locator('#kc-oauth').waitFor();
  await page.click('#kc-login');
  await page.locator('#in').waitFor();
  assertQuiet(context);
  await context.close();
});
