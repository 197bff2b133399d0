// A person at a browser without scripts: follows redirects, keeps cookies, fills in the login form.
import assert from 'node:assert/strict';

export const redirectUri = 'http://127.0.0.1:8123/callback';

const unescape = (text) => text.replaceAll('&amp;', '&').replaceAll('&#x2F;', '/').replaceAll('&#38;', '&');

export class Person {
  #cookies = new Map();

  constructor(username = 'alice', password = process.env.KEYWARD_ALICE_PASSWORD) {
    this.username = username;
    this.password = password;
  }

  async #fetch(url, init = {}) {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { redirect: 'manual', ...init, headers: { cookie, ...init.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    return response;
  }

  /** Opens a URL; logs in where a login form comes; gives the address of the application that it ends at. */
  async visit(url) {
    let response = await this.#fetch(url);
    for (let step = 0; step < 10; step += 1) {
      const location = response.headers.get('location');
      if (location !== null) {
        const next = new URL(location, url);
        if (next.href.startsWith(redirectUri)) {
          return next;
        }
        response = await this.#fetch(next);
        continue;
      }
      const page = await response.text();
      const form = /<form id="kc-form-login"[^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/s.exec(page);
      assert.ok(form, `neither a redirect nor a login form: ${response.status} ${page.slice(0, 500)}`);
      const body = new URLSearchParams({ username: this.username, password: this.password });
      for (const [, name, value] of form[2].matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
        body.set(name, unescape(value));
      }
      response = await this.#fetch(new URL(unescape(form[1]), url), { method: 'POST', body });
    }
    throw new Error('too many steps');
  }
}
