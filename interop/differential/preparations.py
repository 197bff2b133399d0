"""What the recording did without recording it: each gives a function of the replay, for a step between exchanges."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, parse_qsl, urlencode

from signing import totp

SHOP = "/realms/shop/protocol/openid-connect"

ALICE = {"username": "alice", "password": "Alice-pass-1"}


def password(client, scope=None, **more):
    """A password grant that was not recorded, for the tokens that were used in `names`."""

    def prepare(replay, *names):
        form = {"grant_type": "password", "client_id": client} | ALICE | more
        if client_secret := replay.secret(client):
            form["client_secret"] = client_secret
        if scope:
            form["scope"] = scope
        replay.bind_tokens(replay.token(form), names)

    return prepare


def used_in(prepare, *names):
    """The preparation makes the tokens that these exchanges use."""
    return lambda replay: prepare(replay, *names)


def service_account(*names):
    def prepare(replay):
        form = {"grant_type": "client_credentials", "client_id": "shop-batch"}
        replay.bind_tokens(replay.token(form | {"client_secret": replay.secret("shop-batch")}), names)

    return prepare


def code(client, redirect_uri, name, challenge=True):
    """A code by alice's session, for the code that `name` used; its verifier fits unless the exchange is about that."""

    def prepare(replay):
        form = dict(parse_qsl(replay.exchanges[name].body))
        query = {"client_id": client, "redirect_uri": redirect_uri, "response_type": "code", "scope": "openid"}
        query["nonce"] = "n-9d87818d"
        if challenge:
            fits = name != "error-code-wrong-verifier" and "code_verifier" in form
            query |= s256(form["code_verifier"] if fits else secrets.token_urlsafe(32))
        replay.bindings.bind(form["code"], replay.authorize("alice", query))

    return prepare


def s256(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"code_challenge": challenge, "code_challenge_method": "S256"}


def page(browser, query):
    """Opens a login page whose answer was not recorded."""
    return lambda replay: replay.open(browser, f"{SHOP}/auth?{urlencode(query)}")


SPA = {"client_id": "shop-spa", "redirect_uri": "http://localhost:3000/cb", "response_type": "code", "scope": "openid"}
SPA |= {"state": "s1"} | s256("a" * 43)

CONSENT = {"client_id": "shop-consent", "redirect_uri": "http://localhost:5000/cb", "response_type": "code"}
CONSENT |= {"scope": "openid orders:read", "nonce": "n-d26adf02"}
ACCEPTED = CONSENT | {"state": "st-b8c14d1d"} | s256("_NkeD76TmVssY1UWbzLtJZ8_oXcfkObFgthRzViScR0")
DENIED = CONSENT | {"state": "st-f044284a"} | s256("a" * 43)


def credentials(browser, user, word):
    """Posts the login form, not recorded."""
    return lambda replay: replay.submit(browser, {"username": user, "password": word, "credentialId": ""})


def admin(method, path, body=None):
    return lambda replay: replay.admin(method, path, body)


def forgive(replay):
    """A wrong password is not counted against what comes later."""
    replay.admin("DELETE", "/admin/realms/shop/attack-detection/brute-force/users")


def old_ldap(replay):
    """A component made by an admin, as the recorded admin event tells; it goes again when the event has been read."""
    events = replay.exchanges["admin-admin-events"].answer.json()
    representation = next(event["representation"] for event in events if event["resourceType"] == "COMPONENT")
    made = replay.admin("POST", "/admin/realms/shop/components", representation)
    replay.remembered["component"] = (made.one("Location") or "").rsplit("/", 1)[-1]
    # The import made one as well, whose id is the recorded one.
    recorded = next(event["resourcePath"] for event in events if event["resourceType"] == "COMPONENT")
    replay.bindings.live[recorded] = f"components/{replay.remembered['component']}"


def no_old_ldap(replay):
    replay.admin("DELETE", f"/admin/realms/shop/components/{replay.remembered['component']}")


def fresh_totp(replay):
    """The code of the moment, in place of the recorded one."""
    form = parse_qs(replay.exchanges["token-password-totp"].body)
    replay.bindings.live[form["totp"][0]] = totp()


def lock_out(replay):
    form = {"grant_type": "password", "client_id": "shop-web", "client_secret": replay.secret("shop-web")}
    for _ in range(5):
        replay.token(form | {"username": "peggy", "password": "wrong-1"})


def initial_access_token(replay):
    made = replay.admin("POST", "/admin/realms/shop/clients-initial-access", {"count": 2, "expiration": 3600})
    token = replay.exchanges["dcr-create"].header("Authorization").removeprefix("Bearer ")
    replay.bindings.bind(token, (made.json() or {}).get("token"))


def later(name, seconds):
    """Waits until that long after an exchange: what the recording shows hangs on time that has passed."""
    return lambda replay: replay.wait_after(name, seconds)
