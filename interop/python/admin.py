"""python-keycloak's KeycloakAdmin, called in its two ways, with a note of each method that answered.

KEYWARD_ADMIN_URL, KEYWARD_ADMIN_USER and KEYWARD_ADMIN_PASSWORD name a server; without them `keyward dev` is started.
With KEYWARD_ADMIN_SERVER=keycloak the same answers are asked of Keycloak, whose they are.
"""

import inspect
import json
import os
import re
import secrets
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from keycloak import KeycloakAdmin, KeycloakOpenID
from keycloak.exceptions import KeycloakError

#: The few answers that differ by decision ask this constant.
IS_KEYCLOAK = os.environ.get("KEYWARD_ADMIN_SERVER") == "keycloak"

ANSWERED = set()


@contextmanager
def running():
    """URL, user and password of a server."""
    url = os.environ.get("KEYWARD_ADMIN_URL")
    if url is not None:
        yield url, os.environ.get("KEYWARD_ADMIN_USER", "admin"), os.environ.get("KEYWARD_ADMIN_PASSWORD", "admin")
        return
    keyward = next(
        found for folder in Path(__file__).resolve().parents if (found := folder / "target/debug/keyward").exists()
    )
    password = secrets.token_hex(16)
    environment = os.environ | {
        "KEYWARD_BOOTSTRAP_ADMIN_USERNAME": "admin",
        "KEYWARD_BOOTSTRAP_ADMIN_PASSWORD": password,
    }
    with tempfile.TemporaryDirectory(prefix="keyward-admin-") as data:
        command = [keyward, "dev", "--data", data, "--listen", "127.0.0.1:0", "--json"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        try:
            ready = json.loads(server.stdout.readline())
            admin = ready.get("admin") or {}
            yield ready["base_url"], admin.get("username", "admin"), admin.get("password") or password
        finally:
            server.terminate()
            server.wait(10)


class Admin:
    """An administrator's client: `get_users` is called as it is, or as `a_get_users` in a loop."""

    def __init__(self, url, user, password, *, realm="master", loop=None):
        self.url = url.rstrip("/")
        self.loop = loop
        self.client = KeycloakAdmin(
            server_url=self.url + "/", username=user, password=password, realm_name=realm, client_id="admin-cli"
        )

    @property
    def realm(self):
        return self.client.get_current_realm()

    def __getattr__(self, name):
        name = f"a_{name}" if self.loop else name
        method = getattr(self.client, name)

        def call(*args, **kwargs):
            answer = method(*args, **kwargs)
            answer = self.loop.run_until_complete(answer) if self.loop else answer
            ANSWERED.add(name)
            return answer

        return call

    def openid(self, client_id, secret=None):
        """The client of an application in the realm."""
        return KeycloakOpenID(
            server_url=self.url + "/", realm_name=self.realm, client_id=client_id, client_secret_key=secret
        )

    def login(self, username, client_id="app", **more):
        """Tokens of a user whose password `person` set."""
        return self.openid(client_id).token(username, password_of(username), **more)

    def claims(self, username, client_id="app", **more):
        return decode(self.login(username, client_id, **more)["access_token"])

    def password_client(self, client_id="app", **more):
        """A public client that takes passwords; its id."""
        return self.create_client(
            {"clientId": client_id, "publicClient": True, "directAccessGrantsEnabled": True} | more
        )

    def person(self, username, **more):
        """A user who is whole: nothing is left to do at login; its id."""
        credentials = [{"type": "password", "value": password_of(username), "temporary": False}]
        user = {
            "username": username,
            "enabled": True,
            "email": f"{username}@example.com",
            "emailVerified": True,
            "firstName": "First",
            "lastName": username,
            "credentials": credentials,
        }
        return self.create_user(user | more)

    def role(self, name, **more):
        """A realm role, as it is read back."""
        self.create_realm_role({"name": name} | more)
        return self.get_realm_role(name)

    def client_role(self, client_id, name, **more):
        self.create_client_role(client_id, {"name": name} | more)
        return self.get_client_role(client_id, name)


def password_of(username):
    return f"password of {username}"


def decode(token):
    """The claims, unchecked."""
    return KeycloakOpenID("http://localhost/", "x", "x").decode_token(token, validate=False)


def names(found):
    return sorted(one["name"] for one in found)


def usernames(found):
    return sorted(one["username"] for one in found)


@contextmanager
def refused(status, body):
    """The client's own exception, with this status, and this body or a pattern of its text."""
    with pytest.raises(KeycloakError) as error:
        yield
    found = json.loads(error.value.response_body)
    assert error.value.response_code == status, found
    if isinstance(body, re.Pattern):
        assert body.search(found.get("errorMessage") or found["error"]), found
    else:
        assert found == body


def methods():
    """Every public method of the client, as the installed package has them."""
    found = inspect.getmembers(KeycloakAdmin, inspect.isfunction)
    return {name for name, _ in found if not name.startswith("_") and not name.startswith("a__")}
