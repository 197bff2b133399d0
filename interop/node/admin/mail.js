// A mail server that keeps what it gets, and a browser that follows the mailed links.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** Listens while `body` runs. */
export async function withMail(body) {
  const mails = [];
  const server = createServer((socket) => converse(socket, mails));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const smtpServer = { host: '127.0.0.1', port: String(server.address().port), from: 'realm@example.com' };
  try {
    await body({ smtpServer, next: () => next(mails) });
  } finally {
    server.close();
  }
}

/** The oldest mail that was not taken yet. The server's answer comes after the mail. */
function next(mails) {
  assert.ok(mails.length > 0, 'no mail came');
  return mails.shift();
}

/** SMTP as far as one mail needs it (RFC 5321 §4.1). */
async function converse(socket, mails) {
  const say = (line) => socket.write(`${line}\r\n`);
  socket.on('error', () => socket.destroy());
  say('220 mail');
  let to = [];
  let text = null;
  for await (const line of createInterface(socket)) {
    if (text !== null) {
      if (line === '.') {
        mails.push({ to, ...read(text.join('\n')) });
        [to, text] = [[], null];
        say('250 kept');
      } else {
        text.push(line.replace(/^\./, ''));
      }
    } else if (line.toUpperCase() === 'DATA') {
      text = [];
      say('354 go on');
    } else if (line.toUpperCase() === 'QUIT') {
      say('221 bye');
      socket.end();
    } else {
      const recipient = /^RCPT TO:<(.*)>/i.exec(line);
      if (recipient) {
        to.push(recipient[1]);
      }
      say('250 ok');
    }
  }
}

function read(text) {
  const whole = text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { subject: /^Subject: (.*)$/m.exec(text)?.[1], text: whole, link: /https?:\/\/\S+/.exec(whole)?.[0] };
}

/** Opens a mailed link and does what its pages ask: one step on, or a new password. Gives the text of the last page. */
export async function follow(link, newPassword) {
  const cookies = new Map();
  const open = async (url, init = {}) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { redirect: 'manual', ...init, headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location === null ? { url, page: await response.text() } : open(new URL(location, url));
  };
  let { url, page } = await open(new URL(link));
  for (let step = 0; step < 5; step += 1) {
    const form = /<form[^>]*action="([^"]+)"[^>]*>(?:(?!<\/form>).)*name="password-new"(.*?)<\/form>/s.exec(page);
    // Keycloak proceeds by a link, Keyward by a button: programs that look through mails follow links.
    const button = /<form id="kc-action-form"[^>]*action="([^"]+)"[^>]*>.*?<\/form>/s.exec(page);
    const proceed = /<a [^>]*href="([^"]*login-actions\/[^"]*)"/.exec(page);
    if (form ?? button) {
      const [fields, action] = form ?? button;
      const body = new URLSearchParams(form && { 'password-new': newPassword, 'password-confirm': newPassword });
      for (const [, name, value] of fields.matchAll(/<input type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)) {
        body.set(name, unescape(value));
      }
      ({ url, page } = await open(new URL(unescape(action), url), { method: 'POST', body }));
    } else if (proceed) {
      ({ url, page } = await open(new URL(unescape(proceed[1]), url)));
    } else {
      break;
    }
  }
  return page;
}

const unescape = (text) => text.replaceAll('&amp;', '&').replaceAll('&#x2F;', '/').replaceAll('&#38;', '&');
