// Each page in light and dark, on a narrow phone: no violation that axe knows, nothing to scroll sideways.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { application } from './authorization.js';
import { logIn, person } from './chromium.js';
import { endpoint, issuer } from './server.js';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const app = await application('consent-app');

/** Through every page once; `see` looks at each. */
async function walk(page, see) {
  await page.goto(app.url());
  await see('login');
  await logIn(page, 'nobody-here', 'wrong');
  await page.locator('#input-error').waitFor();
  await see('login with an error');
  await logIn(page);
  await page.locator('#kc-oauth').waitFor();
  await see('consent');
  await page.click('#kc-cancel');
  await page.waitForURL(`${app.redirectUri}**`);
  await page.goto(`${issuer}/account`);
  await see('account');
  await page.goto(endpoint('logout'));
  await see('logout');
  await page.click('#kc-logout');
  await page.locator('#kc-logout').waitFor({ state: 'detached' });
  await see('logged out');
  await page.goto(app.url({ redirect_uri: 'https://evil.example.org/callback' }));
  await see('error');
}

async function look(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return wide > 0 ? [...found, `${wide} px wider than the window`] : found;
}

const kinds = [
  ['light', 'en-US'],
  ['dark', 'en-US'],
  ['light', 'de-DE'],
  ['dark', 'zh-CN'],
];

for (const [colorScheme, locale] of kinds) {
  test(`every page, ${colorScheme}, ${locale}`, async () => {
    const context = await person({ colorScheme, locale, viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    const found = {};
    await walk(page, async (name) => {
      const wrong = await look(page);
      if (wrong.length > 0) {
        found[name] = wrong;
      }
    });
    assert.deepEqual(found, {});
    assert.deepEqual(
      context.complaints.filter((text) => text.includes('Content Security Policy')),
      [],
    );
    await context.close();
  });
}
