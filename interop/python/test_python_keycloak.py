"""python-keycloak, which knows Keycloak's paths and errors by heart."""

import os
from urllib.parse import parse_qs, urlsplit

import pytest
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakPostError
from keycloak.pkce_utils import generate_code_challenge, generate_code_verifier

from person import REDIRECT_URI, Person


@pytest.fixture(scope="module")
def server(issuer):
    return issuer.split("/realms/")


def connect(server, client_id, secret=None):
    return KeycloakOpenID(server_url=server[0] + "/", realm_name=server[1], client_id=client_id, client_secret_key=secret)


@pytest.fixture
def service(server):
    return connect(server, "password-app", os.environ["KEYWARD_PASSWORD_APP_SECRET"])


@pytest.fixture
def resource_server(server, api):
    return connect(server, *api)


@pytest.fixture
def alice():
    return "alice", os.environ["KEYWARD_ALICE_PASSWORD"]


def test_well_known(service, issuer):
    assert service.well_known()["issuer"] == issuer


def test_public_key(service):
    assert len(service.public_key()) > 300


def test_password_grant_refresh_logout(service, resource_server, alice):
    token = service.token(*alice, scope="openid profile email")
    assert token["token_type"] == "Bearer" and token["refresh_expires_in"] > 0
    claims = service.decode_token(token["access_token"])
    assert claims["preferred_username"] == "alice" and claims["sid"] == token["session_state"]
    assert service.userinfo(token["access_token"])["email"] == "alice@example.com"
    assert resource_server.introspect(token["access_token"])["active"] is True

    refreshed = service.refresh_token(token["refresh_token"])
    assert refreshed["access_token"] != token["access_token"]
    service.logout(refreshed["refresh_token"])
    assert resource_server.introspect(refreshed["access_token"])["active"] is False
    with pytest.raises(KeycloakPostError) as refused:
        service.refresh_token(refreshed["refresh_token"])
    assert b"invalid_grant" in refused.value.response_body


def test_wrong_password(service):
    with pytest.raises(KeycloakPostError) as refused:
        service.token("nobody-here", "wrong")
    assert refused.value.response_code == 400 and b"Invalid user credentials" in refused.value.response_body


def test_admin_cli(server, alice):
    """The client through which Keycloak's administration tools log in."""
    assert connect(server, "admin-cli").token(*alice)["access_token"]


def test_code_with_pkce(server):
    client = connect(server, "frontend-app")
    verifier = generate_code_verifier()
    challenge, method = generate_code_challenge(verifier)
    url = client.auth_url(
        REDIRECT_URI,
        scope="openid profile",
        state="s",
        nonce="n",
        code_challenge=challenge,
        code_challenge_method=method,
    )
    (code,) = parse_qs(urlsplit(Person().visit(url)).query)["code"]
    token = client.token(
        grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=verifier
    )
    assert client.decode_token(token["access_token"])["preferred_username"] == "alice"
    assert client.decode_token(token["id_token"], check_claims={"nonce": "n", "aud": "frontend-app"})
