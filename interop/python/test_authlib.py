"""Authlib: its session for the client, its JOSE for the API."""

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import BadSignatureError, InvalidClaimError


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def session(metadata, service, request):
    assert request.param in metadata["token_endpoint_auth_methods_supported"]
    return OAuth2Session(
        *service,
        scope="openid",
        token_endpoint=metadata["token_endpoint"],
        token_endpoint_auth_method=request.param,
        revocation_endpoint_auth_method=request.param,
    )


@pytest.fixture
def keys(metadata):
    return JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())


def claims(keys, issuer, token, audience="backend-api"):
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
    }
    found = JsonWebToken(["RS256"]).decode(token, keys, claims_options=options)
    found.validate()
    return found


def test_token_validates(session, keys, issuer):
    token = session.fetch_token()
    assert token["token_type"] == "Bearer"
    assert claims(keys, issuer, token["access_token"])["sub"]


def test_another_audience_and_a_changed_signature_are_refused(session, keys, issuer):
    token = session.fetch_token()["access_token"]
    with pytest.raises(InvalidClaimError):
        claims(keys, issuer, token, audience="another-api")
    with pytest.raises(BadSignatureError):
        claims(keys, issuer, token[:-8] + ("A" * 8))


def test_revoked_token_introspects_as_inactive(session, metadata, api):
    token = session.fetch_token()["access_token"]
    asking = OAuth2Session(*api)
    url = metadata["introspection_endpoint"]
    assert asking.introspect_token(url, token=token).json()["active"] is True
    assert session.revoke_token(metadata["revocation_endpoint"], token=token).status_code == 200
    assert asking.introspect_token(url, token=token).json() == {"active": False}


def test_wrong_secret_is_authlibs_own_error(metadata):
    session = OAuth2Session("backend-service", "wrong", token_endpoint=metadata["token_endpoint"])
    with pytest.raises(OAuthError) as refused:
        session.fetch_token(grant_type="client_credentials")
    assert refused.value.error == "invalid_client"
