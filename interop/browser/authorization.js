// Authorization requests as an application would send them, and a page that takes the answers.
import { createHash } from 'node:crypto';
import { endpoint } from './server.js';
import { site } from './site.js';

export const verifier = 'a-verifier-of-these-tests-that-is-long-enough-0';

/** `url` is where people begin; `answers` are the parameters of what came back, by query or by form. */
export async function application(clientId) {
  const answers = [];
  const origin = await site({}, async (request, response, pathname) => {
    if (pathname !== '/callback') {
      return false;
    }
    let body = '';
    for await (const chunk of request) {
      body += chunk;
    }
    const { searchParams } = new URL(request.url, 'http://127.0.0.1');
    answers.push(Object.fromEntries(request.method === 'POST' ? new URLSearchParams(body) : searchParams));
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html lang="en"><title>Back</title><h1>Back</h1>');
    return true;
  });
  const redirectUri = `${origin}/callback`;
  const url = (more = {}) =>
    `${endpoint('auth')}?${new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      state: 'a state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    })}`;
  const token = async (code, more = {}) => {
    const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri };
    const body = new URLSearchParams({ ...form, code_verifier: verifier, ...more });
    return (await fetch(endpoint('token'), { method: 'POST', body })).json();
  };
  return { url, answers, redirectUri, token };
}
