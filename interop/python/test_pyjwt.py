"""PyJWT with PyJWKClient: local validation, for each algorithm and token format."""

import os

import jwt
import pytest
import requests

SERVICES = {
    "backend-service": ("RS256", "JWT"),
    "at-jwt-service": ("RS256", "at+jwt"),
    "ps256-service": ("PS256", "JWT"),
    "es256-service": ("ES256", "at+jwt"),
    "eddsa-service": ("EdDSA", "at+jwt"),
}


def secret(client_id):
    return os.environ[f"KEYWARD_{client_id.replace('-', '_').upper()}_SECRET"]


def fetch(metadata, client_id):
    form = {"grant_type": "client_credentials", "scope": "openid"}
    auth = (client_id, secret(client_id))
    response = requests.post(metadata["token_endpoint"], data=form, auth=auth, timeout=10)
    response.raise_for_status()
    return response.json()["access_token"]


def decode(metadata, token, algorithm, **options):
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    require = {"require": ["exp", "iat", "iss", "sub", "aud", "jti"]}
    expected = {"audience": "backend-api", "issuer": metadata["issuer"], "options": require} | options
    return jwt.decode(token, key.key, algorithms=[algorithm], **expected)


@pytest.mark.parametrize("client_id", SERVICES)
def test_token_validates(metadata, client_id):
    algorithm, typ = SERVICES[client_id]
    token = fetch(metadata, client_id)
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == (algorithm, typ)
    claims = decode(metadata, token, algorithm)
    # RFC 9068 §2.2 names it client_id, Keycloak's tokens carry azp.
    assert claims.get("client_id", claims.get("azp")) == client_id


def test_another_algorithm_issuer_or_audience_is_refused(metadata, token):
    with pytest.raises(jwt.InvalidAlgorithmError):
        decode(metadata, token, "PS256")
    with pytest.raises(jwt.InvalidIssuerError):
        decode(metadata, token, "RS256", issuer=metadata["issuer"] + "/")
    with pytest.raises(jwt.InvalidAudienceError):
        decode(metadata, token, "RS256", audience="backend-service")


def test_expiry_is_kept(metadata, token):
    an_hour_later = {"leeway": -3600, "options": {"verify_iat": False}}
    with pytest.raises(jwt.ExpiredSignatureError):
        decode(metadata, token, "RS256", **an_hour_later)


def test_a_changed_signature_is_refused(metadata, token):
    header, payload, signature = token.split(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(jwt.InvalidSignatureError):
        decode(metadata, f"{header}.{payload}.{changed}", "RS256")


def test_opaque_token_is_no_jwt_but_introspects(metadata, api):
    token = fetch(metadata, "opaque-service")
    with pytest.raises(jwt.DecodeError):
        jwt.get_unverified_header(token)
    url = metadata["introspection_endpoint"]
    body = requests.post(url, data={"token": token}, auth=api, timeout=10).json()
    assert body["active"] is True and body["client_id"] == "opaque-service"
    own = ("opaque-service", secret("opaque-service"))
    requests.post(metadata["revocation_endpoint"], data={"token": token}, auth=own, timeout=10).raise_for_status()
    assert requests.post(url, data={"token": token}, auth=api, timeout=10).json() == {"active": False}
