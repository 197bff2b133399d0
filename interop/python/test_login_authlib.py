"""Authlib: code + PKCE with a person, its own check of the ID token, refresh."""

import os

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oidc.core import CodeIDToken

from person import REDIRECT_URI, Person


@pytest.fixture(params=["frontend-app", "web-app"])
def session(request, metadata):
    secret = os.environ.get(f"KEYWARD_{request.param.replace('-', '_').upper()}_SECRET")
    return OAuth2Session(
        request.param,
        secret,
        scope="openid profile email",
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
    )


def test_login_userinfo_refresh(session, metadata, issuer):
    verifier, nonce = generate_token(48), generate_token(16)
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    answered = Person().visit(url)
    token = session.fetch_token(authorization_response=answered, code_verifier=verifier, state=state)

    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    claims = JsonWebToken(["RS256"]).decode(
        token["id_token"],
        keys,
        claims_cls=CodeIDToken,
        claims_options={"iss": {"value": issuer}, "aud": {"value": session.client_id}},
        claims_params={"nonce": nonce, "client_id": session.client_id, "access_token": token["access_token"]},
    )
    claims.validate()
    person = session.get(metadata["userinfo_endpoint"]).json()
    assert person["sub"] == claims["sub"] and person["preferred_username"] == "alice"

    refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert refreshed["access_token"] != token["access_token"]
    assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]


def test_a_wrong_verifier_is_authlibs_own_error(session, metadata):
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=generate_token(48)
    )
    answered = Person().visit(url)
    with pytest.raises(OAuthError) as refused:
        session.fetch_token(authorization_response=answered, code_verifier=generate_token(48), state=state)
    assert refused.value.error == "invalid_grant"
