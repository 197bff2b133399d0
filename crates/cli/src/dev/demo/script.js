"use strict";
// Authorization code with PKCE in a browser and nothing else: what any single-page application has to do.
// Tokens live in this page's memory only; what must survive the way to the login and back is in the tab's storage.
const REDIRECT_URI = location.origin + "/demo";
const ISSUER = location.origin + "/realms/demo";
const SCOPES = { "frontend-app": "openid profile email orders:read", "third-party-app": "openid profile email orders:read" };
const API = document.body.dataset.api;
const STORED = "keyward-demo";
const byId = (id) => document.getElementById(id);
let tokens = null;
let clientId = "frontend-app";

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

function claimsOf(token) {
  const payload = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

// Nothing went wrong: somebody went back to an answer that was used, or opened it in another tab.
class Stale extends Error {}

// What the server says against it, for people; its code for whoever looks it up.
const refusal = (code, description) => new Error(description ? `${description} (${code})` : `The server said ${code}`);

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw refusal(body.error || "HTTP " + response.status, body.error_description);
}

const metadata = async () => read(await fetch(ISSUER + "/.well-known/openid-configuration"));

async function tokenRequest(parameters) {
  const { token_endpoint } = await metadata();
  const body = new URLSearchParams({ client_id: clientId, ...parameters });
  return read(await fetch(token_endpoint, { method: "POST", body }));
}

async function signIn(client, hint) {
  const stored = { client, state: random(), nonce: random(), verifier: random() };
  sessionStorage.setItem(STORED, JSON.stringify(stored));
  const { authorization_endpoint } = await metadata();
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(stored.verifier));
  const url = new URL(authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client,
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    scope: SCOPES[client],
    state: stored.state,
    nonce: stored.nonce,
    code_challenge: base64url(challenge),
    code_challenge_method: "S256",
    ...(hint ? { login_hint: hint } : {}),
  });
  location.assign(url);
}

async function comeBack(answer) {
  const stored = JSON.parse(sessionStorage.getItem(STORED) || "null");
  sessionStorage.removeItem(STORED);
  if (!stored || answer.get("state") !== stored.state) {
    throw new Stale("That sign-in is already finished. Sign in again.");
  }
  clientId = stored.client;
  // RFC 9207: the answer comes from the server that was asked.
  const { issuer } = await metadata();
  if (answer.get("iss") !== issuer) throw new Error("This answer comes from another server");
  if (answer.get("error") === "access_denied") throw new Error("You did not allow it (access_denied)");
  if (answer.has("error")) throw refusal(answer.get("error"), answer.get("error_description"));
  const received = await tokenRequest({
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: REDIRECT_URI,
    code_verifier: stored.verifier,
  });
  if (claimsOf(received.id_token).nonce !== stored.nonce) throw new Error("The ID token belongs to another login");
  tokens = received;
}

async function userinfo() {
  const { userinfo_endpoint } = await metadata();
  const headers = { authorization: "Bearer " + tokens.access_token };
  const answer = await read(await fetch(userinfo_endpoint, { headers }));
  list("answered", answer);
  byId("question").textContent = "Userinfo";
  byId("answer").hidden = false;
}

async function refresh() {
  const before = tokens;
  const received = await tokenRequest({ grant_type: "refresh_token", refresh_token: before.refresh_token });
  tokens = { ...before, ...received };
  show();
  list("answered", {
    "access token": tokens.access_token === before.access_token ? "the same" : "a new one",
    "refresh token": tokens.refresh_token === before.refresh_token ? "the same" : "a new one, the old one is spent",
    scope: tokens.scope,
  });
  byId("question").textContent = "Refreshed";
  byId("answer").hidden = false;
}

// The API's answer, whatever it is: a refusal is worth a look too.
async function callApi(call) {
  const [method, path] = call.split(" ");
  const headers = { authorization: "Bearer " + tokens.access_token };
  const response = await fetch(API + path, { method, headers });
  const { caller, ...body } = await response.json().catch(() => ({}));
  const challenge = response.headers.get("www-authenticate");
  list("answered", { status: response.status, ...body, ...caller, ...(challenge ? { challenge } : {}) });
  byId("question").textContent = call;
  byId("answer").hidden = false;
}

async function logOut() {
  const { end_session_endpoint } = await metadata();
  const url = new URL(end_session_endpoint);
  url.search = new URLSearchParams({
    id_token_hint: tokens.id_token,
    client_id: clientId,
    post_logout_redirect_uri: REDIRECT_URI,
  });
  location.assign(url);
}

function list(id, object) {
  const entries = Object.entries(object).map(([name, value]) => {
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    const text = document.createElement("code");
    term.textContent = name;
    text.textContent = typeof value === "string" ? value : JSON.stringify(value);
    detail.append(text);
    return [term, detail];
  });
  byId(id).replaceChildren(...entries.flat());
}

function show() {
  byId("out").hidden = tokens !== null;
  byId("in").hidden = tokens === null;
  if (tokens === null) return;
  const claims = claimsOf(tokens.id_token);
  byId("greeting").textContent = "Hello, " + (claims.given_name || claims.preferred_username || claims.sub);
  byId("who").textContent = "signed in to " + clientId;
  list("claims", claims);
  byId("lifetime").textContent =
    "The access token lives " + tokens.expires_in + " s; its refresh token gets another. Scope: " + tokens.scope;
}

// One thing at a time: a second click while something is under way does nothing.
async function attempt(work) {
  const buttons = document.querySelectorAll("button");
  const error = byId("error");
  error.hidden = true;
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await work();
  } catch (failure) {
    error.textContent = failure.message.charAt(0).toUpperCase() + failure.message.slice(1);
    error.classList.toggle("wrong", !(failure instanceof Stale));
    error.hidden = false;
  }
  buttons.forEach((button) => { button.disabled = false; });
}

document.querySelectorAll("[data-client]").forEach((button) => {
  button.addEventListener("click", () => attempt(() => signIn(button.dataset.client)));
});
byId("userinfo").addEventListener("click", () => attempt(userinfo));
byId("refresh").addEventListener("click", () => attempt(refresh));
document.querySelectorAll("[data-call]").forEach((button) => {
  button.addEventListener("click", () => attempt(() => callApi(button.dataset.call)));
});
byId("logout").addEventListener("click", () => attempt(logOut));

const query = new URLSearchParams(location.search);
// A code must not stay in the address bar or in the history.
history.replaceState(null, "", REDIRECT_URI);
attempt(async () => {
  if (query.has("code") || query.has("error")) {
    await comeBack(query);
  } else if (query.has("login")) {
    await signIn(clientId, query.get("login"));
    return;
  }
}).finally(show);
