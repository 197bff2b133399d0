"""Sends the recorded exchanges to a server, in order, and compares what comes back."""

import json
import time
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from bindings import JWT, Bindings
from browser import Browser, NoForm, send
from compare import Comparison
from differences import not_yet
from exchange import BASE, RECORDED, read_all
from kinds import decode
from preparations import SHOP
from signing import PASSWORDS, Signer
from steps import BROWSERS, FOLLOWING, ORDER

REALM_FILE = RECORDED / "realm-export.json"

JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")

# Lists whose items hang on all that went before the recording.
BY_SHAPE = {"admin-user-sessions", "admin-client-user-sessions", "admin-client-session-stats"}

# Lists that the machine around fills, and which of their items count.
ONLY = {"admin-realms-list": ("realm", {"shop"})}

# Members that a Keycloak answers after it imported the export, and that the recorded one, set up by hand, had not: an
# import writes defaults out, and gives secrets to clients without.
BEYOND_IMPORT = {
    "admin-realm-get": {
        f"body /attributes/{name}"
        for name in (
            "clientOfflineSessionIdleTimeout",
            "clientOfflineSessionMaxLifespan",
            "clientSessionIdleTimeout",
            "clientSessionMaxLifespan",
            "scimApiEnabled",
        )
    },
    "admin-clients-list": {
        "body /[]/attributes/client.secret.creation.time",
        "body /[]/attributes/post.logout.redirect.uris",
        "body /[]/secret",
    },
    "admin-client-scopes-list": {"body /[]/protocolMappers/[]/config/userinfo.token.claim"},
}


class Replay:
    def __init__(self, base, user, password, *, everything=False, report=print):
        self.base = base.rstrip("/")
        self.account = {"username": user, "password": password}
        self.everything = everything
        self.report = report
        self.exchanges = read_all()
        self.bindings = Bindings(self.base)
        self.signer = Signer(self.bindings)
        self.signed = {}
        self.browsers = {}
        self.remembered = {}
        self.ended = {}
        self.admin_token = ("", 0.0)

    def import_realm(self):
        """`POST /admin/realms` with the recorded export."""
        answer = self.admin("POST", "/admin/realms", REALM_FILE.read_text(encoding="utf-8"))
        if answer.status != 201:
            raise AssertionError(f"the import answers {answer.status}: {answer.text[:1000]}")

    def delete_realm(self):
        return self.admin("DELETE", "/admin/realms/shop")

    def run(self):
        """Every step; the differences of every exchange that was replayed."""
        found = {}
        for step in ORDER:
            if not isinstance(step, str):
                self.prepare(step)
            elif self.everything or not not_yet(step):
                found[step] = self.replay(self.exchanges[step])
                self.ended[step] = time.monotonic()
        return found

    def prepare(self, step):
        """What a preparation fails to make, the exchanges behind it miss: they tell it."""
        try:
            step(self)
        except NoForm as error:
            print(f"a preparation failed: {error}")

    def replay(self, exchange):
        comparison = Comparison(
            self.bindings,
            shapes=exchange.name in BY_SHAPE,
            only=ONLY.get(exchange.name),
            beyond=BEYOND_IMPORT.get(exchange.name, ()),
        )
        body, headers = self.body(exchange), self.headers(exchange)
        url = self.base + self.bindings.target(exchange.target)
        if exchange.name in BROWSERS:
            url, answer = self.by_browser(exchange, url, headers, body, comparison)
        else:
            answer = send(url, exchange.method, headers, body)
        comparison.answers(exchange.answer, answer, url)
        self.report(exchange, answer, comparison.differences())
        return comparison.differences()

    def by_browser(self, exchange, url, headers, body, comparison):
        """The exchange as a person's next step: a form is filled in, a redirect followed."""
        browser = self.browsers.setdefault(BROWSERS[exchange.name], Browser())
        if exchange.name in FOLLOWING:
            browser.follow(self.base)
            return browser.url, browser.page
        if exchange.method == "POST":
            try:
                url, body = self.filled_in(browser, exchange.body)
            except NoForm as error:
                comparison.differ("the page before", "a form", str(error))
                return url, browser.page
        browser.send(url, exchange.method, headers, body)
        location = exchange.answer.one("Location") or ""
        if not location.startswith(BASE) and (steps := browser.follow(self.base)):
            comparison.differ("redirects before this answer", "0", str(steps))
        return browser.url, browser.page

    def filled_in(self, browser, recorded):
        """The form of the browser's page with the recorded entries; what is hidden in it goes along."""
        entries = {name: value for name, value in parse_qsl(recorded, keep_blank_values=True)}
        hidden = browser.form().hidden
        return browser.action(), urlencode(
            entries | {name: value for name, value in hidden.items() if not entries.get(name)}
        )

    def body(self, exchange):
        if (exchange.header("Content-Type") or "").startswith(FORM[1]):
            self.sign(unquote(exchange.body))
            return self.bindings.form(exchange.body)
        return self.bindings.text(exchange.body) if exchange.body else ""

    def headers(self, exchange):
        headers = []
        for name, value in exchange.headers:
            if name == "Cookie":
                continue
            self.sign(value)
            value = value.replace("<admin access token>", self.token_of_admin())
            headers.append((name, self.bindings.text(value)))
        return headers

    def sign(self, value):
        """Statements of clients are made again, each once: the same one twice is a replay."""
        for token in JWT.findall(value):
            if token not in self.bindings.live and (again := self.signer.again(token)):
                self.bindings.bind(token, again)

    # What preparations use.

    def secret(self, client):
        return PASSWORDS["clientSecrets"].get(client)

    def token(self, form):
        return send(f"{self.base}{SHOP}/token", "POST", [FORM], urlencode(form)).json() or {}

    def bind_tokens(self, tokens, names):
        """The recorded tokens that these exchanges send are these tokens, each of its kind."""
        members = {"Bearer": "access_token", "Refresh": "refresh_token", "ID": "id_token"}
        for name in names:
            exchange = self.exchanges[name]
            for token in JWT.findall(unquote(f"{exchange.header('Authorization')} {exchange.body}")):
                member = members.get((decode(token) or ({}, {}))[1].get("typ"))
                if member in tokens:
                    self.bindings.bind(token, tokens[member])

    def authorize(self, browser, query):
        """A code for somebody who is logged in."""
        answer = self.open(browser, f"{SHOP}/auth?{urlencode(query)}")
        answered = dict(parse_qsl(urlsplit(answer.one("Location") or "").query))
        return answered.get("code", "no code came")

    def open(self, browser, target):
        browser = self.browsers.setdefault(browser, Browser())
        browser.send(self.base + target)
        browser.follow(self.base)
        return browser.page

    def submit(self, browser, fields):
        browser = self.browsers[browser]
        browser.send(browser.action(), "POST", [FORM], urlencode(browser.form().hidden | fields))
        browser.follow(self.base)

    def admin(self, method, path, body=None):
        headers = [("Authorization", f"Bearer {self.token_of_admin()}")]
        if body is not None:
            headers.append(JSON)
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        return send(self.base + path, method, headers, text or "")

    def token_of_admin(self):
        """By `admin-cli`, as every script does; renewed before it ends."""
        token, until = self.admin_token
        if time.monotonic() > until:
            form = {"grant_type": "password", "client_id": "admin-cli"} | self.account
            url = urljoin(self.base, "/realms/master/protocol/openid-connect/token")
            answer = send(url, "POST", [FORM], urlencode(form))
            if answer.status != 200:
                raise AssertionError(f"the admin cannot log in: {answer.status} {answer.text[:300]}")
            token = answer.json()["access_token"]
            self.admin_token = token, time.monotonic() + answer.json()["expires_in"] / 2
        return token

    def wait_after(self, name, seconds):
        if name in self.ended:
            time.sleep(max(0.0, self.ended[name] + seconds - time.monotonic()))
