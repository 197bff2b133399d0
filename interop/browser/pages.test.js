// The server's own pages, as people meet them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { application } from './authorization.js';
import { assertQuiet, logIn, person } from './chromium.js';
import { endpoint, issuer, password } from './server.js';

const frontend = await application('frontend-app');
const consent = await application('consent-app');

async function open(url, options) {
  const context = await person(options);
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}

const back = (page, app) => page.waitForURL(`${app.redirectUri}**`);

test('a wrong password is said, the name is kept, the right one goes on', async () => {
  const { context, page } = await open(frontend.url());
  await logIn(page, 'bob', 'wrong');
  const error = page.locator('#input-error');
  assert.equal(await error.getAttribute('role'), 'alert');
  assert.ok((await error.innerText()).length > 0);
  assert.equal(await page.inputValue('#username'), 'bob');
  assert.equal(await page.inputValue('#password'), '');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'password');
  await page.fill('#password', password.bob);
  await page.click('#kc-login');
  await back(page, frontend);
  const { code, state, iss } = frontend.answers.pop();
  assert.deepEqual([state, iss], ['a state', issuer]);
  assert.ok((await frontend.token(code)).access_token);
  assertQuiet(context);
  await context.close();
});

test('an unknown name gets the same words as a wrong password', async () => {
  const said = [];
  for (const name of ['bob', 'nobody-here']) {
    const { context, page } = await open(frontend.url());
    await logIn(page, name, 'wrong');
    said.push(await page.locator('#input-error').innerText());
    await context.close();
  }
  assert.equal(said[0], said[1]);
});

test('consent, allowed', async () => {
  const { context, page } = await open(consent.url());
  await logIn(page);
  await page.locator('#kc-oauth').waitFor();
  assert.equal(await page.locator('.permissions li').count() >= 2, true);
  await page.click('#kc-login');
  await back(page, consent);
  assert.ok((await consent.token(consent.answers.pop().code)).id_token);
  assertQuiet(context);
  await context.close();
});

test('consent, denied', async () => {
  const { context, page } = await open(consent.url());
  await logIn(page);
  await page.click('#kc-cancel');
  await back(page, consent);
  const { error, state, iss, code } = consent.answers.pop();
  assert.deepEqual([error, state, iss, code], ['access_denied', 'a state', issuer, undefined]);
  assertQuiet(context);
  await context.close();
});

test('logout asks, and then the session has ended', async () => {
  const { context, page } = await open(frontend.url());
  await logIn(page);
  await back(page, frontend);
  await page.goto(endpoint('logout'));
  await page.click('#kc-logout');
  await page.locator('#kc-page-title').waitFor();
  await page.goto(frontend.url({ prompt: 'none' }));
  await back(page, frontend);
  assert.equal(frontend.answers.pop().error, 'login_required');
  assertQuiet(context);
  await context.close();
});

test('the keyboard suffices: login, consent', async () => {
  const { context, page } = await open(consent.url());
  const focused = () => page.evaluate(() => document.activeElement.id);
  assert.equal(await focused(), 'username', 'one can type at once');
  await page.keyboard.type('alice');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'password');
  await page.keyboard.type(password.alice);
  await page.keyboard.press('Enter');
  await page.locator('#kc-oauth').waitFor();
  for (let step = 0; step < 20 && (await focused()) !== 'kc-login'; step += 1) {
    await page.keyboard.press('Tab');
  }
  assert.equal(await focused(), 'kc-login');
  const outline = await page.evaluate(() => {
    const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
    return [outlineStyle, boxShadow];
  });
  assert.notDeepEqual(outline, ['none', 'none'], 'one sees where one is');
  await page.keyboard.press('Enter');
  await back(page, consent);
  assert.ok(consent.answers.pop().code);
  assertQuiet(context);
  await context.close();
});

test('without scripts: login, consent, and the answer posted by a button', async () => {
  const { context, page } = await open(consent.url({ response_mode: 'form_post' }), { javaScriptEnabled: false });
  await logIn(page);
  await page.click('#kc-oauth #kc-login');
  await page.click(`form[action="${consent.redirectUri}"] button[type="submit"]`);
  await back(page, consent);
  const { code, state, iss } = consent.answers.pop();
  assert.deepEqual([state, iss], ['a state', issuer]);
  assert.ok((await consent.token(code)).access_token);
  await page.goto(endpoint('logout'));
  await page.click('#kc-logout');
  await page.locator('#kc-page-title').waitFor();
  assertQuiet(context);
  await context.close();
});

test('with scripts the answer is posted by itself', async () => {
  const { context, page } = await open(frontend.url({ response_mode: 'form_post' }));
  await logIn(page);
  await back(page, frontend);
  assert.ok(frontend.answers.pop().code);
  assertQuiet(context);
  await context.close();
});

test('two tabs log in at once', async () => {
  const { context, page } = await open(frontend.url({ state: 'first' }));
  const other = await context.newPage();
  await other.goto(frontend.url({ state: 'second' }));
  await logIn(page);
  await back(page, frontend);
  assert.equal(frontend.answers.pop().state, 'first');
  await logIn(other, 'alice');
  await back(other, frontend);
  assert.equal(frontend.answers.pop().state, 'second');
  assertQuiet(context);
  await context.close();
});

test('a form whose cookie is blocked says so', async () => {
  const { context, page } = await open(frontend.url());
  await context.clearCookies();
  await logIn(page);
  await page.locator('#username').waitFor({ state: 'detached' });
  assert.match(await page.locator('h1').innerText(), /cookies/);
  await context.close();
});

test('the back button after a login leads to the application again', async () => {
  const { context, page } = await open(frontend.url());
  await logIn(page);
  await back(page, frontend);
  const first = frontend.answers.pop().code;
  await page.goBack();
  await back(page, frontend);
  const second = frontend.answers.pop()?.code;
  assert.ok(second && second !== first);
  assertQuiet(context);
  await context.close();
});

test('the language follows ui_locales and the browser', async () => {
  const locales = [
    [{}, 'en-US', 'en'],
    [{}, 'de-DE', 'de'],
    [{}, 'zh-CN', 'zh-CN'],
    [{ ui_locales: 'de' }, 'en-US', 'de'],
    [{}, 'fr-FR', 'en'],
  ];
  const titles = new Set();
  for (const [more, locale, expected] of locales) {
    const { context, page } = await open(frontend.url(more), { locale });
    assert.equal(await page.getAttribute('html', 'lang'), expected);
    titles.add(await page.locator('#kc-page-title').innerText());
    assertQuiet(context);
    await context.close();
  }
  assert.equal(titles.size, 3);
});

test('a wrong redirect URI is an error page, not a redirect', async () => {
  const { context, page } = await open(frontend.url({ redirect_uri: 'https://evil.example.org/callback' }));
  assert.ok(page.url().startsWith(issuer));
  assert.ok((await page.locator('h1').innerText()).length > 0);
  assert.equal(context.complaints.filter((text) => !text.includes('status of 400')).length, 0);
  await context.close();
});
