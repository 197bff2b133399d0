"""Plain HTTP with requests: what the standards say an answer looks like."""

import pytest
import requests


def post(url, data, auth=None):
    return requests.post(url, data=data, auth=auth, timeout=10, allow_redirects=False)


@pytest.mark.parametrize(
    "where",
    [
        "{issuer}/.well-known/openid-configuration",
        "{issuer}/.well-known/oauth-authorization-server",
        "{base}/.well-known/openid-configuration{path}",
        "{base}/.well-known/oauth-authorization-server{path}",
    ],
)
def test_discovery_in_all_its_forms(issuer, metadata, where):
    """RFC 8414 §3, OIDC Discovery §4."""
    base, _, path = issuer.partition("/realms/")
    url = where.format(issuer=issuer, base=base, path=f"/realms/{path}")
    response = requests.get(url, timeout=10, allow_redirects=False)
    assert response.status_code == 200 and response.json() == metadata


@pytest.mark.parametrize("method", ["basic", "post"])
def test_token_answer(metadata, service, method):
    """RFC 6749 §5.1"""
    form = {"grant_type": "client_credentials", "scope": "openid"}
    if method == "post":
        form |= {"client_id": service[0], "client_secret": service[1]}
    response = post(metadata["token_endpoint"], form, service if method == "basic" else None)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/json")
    assert "no-store" in response.headers["Cache-Control"]
    body = response.json()
    assert body["token_type"] == "Bearer" and 0 < body["expires_in"] <= 900
    assert "refresh_token" not in body and "id_token" not in body


def test_optional_scope_is_granted_and_unknown_one_refused(metadata, service):
    """RFC 6749 §3.3"""
    form = {"grant_type": "client_credentials", "scope": "orders:read"}
    body = post(metadata["token_endpoint"], form, service).json()
    assert "orders:read" in body["scope"].split()
    form["scope"] = "no:such"
    response = post(metadata["token_endpoint"], form, service)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")


def test_wrong_secret_and_unknown_client_look_the_same(metadata):
    """RFC 6749 §5.2"""
    form = {"grant_type": "client_credentials"}
    wrong = post(metadata["token_endpoint"], form, ("backend-service", "wrong"))
    unknown = post(metadata["token_endpoint"], form, ("nobody", "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())


def test_revoked_token_is_inactive_and_nothing_else(metadata, token, service, api):
    """RFC 7009 §2, RFC 7662 §2.2"""
    url = metadata["introspection_endpoint"]
    active = post(url, {"token": token}, api).json()
    assert active["active"] is True and isinstance(active["exp"], int)
    assert post(metadata["revocation_endpoint"], {"token": token}, service).status_code == 200
    answer = post(url, {"token": token}, api)
    assert (answer.status_code, answer.json()) == (200, {"active": False})


def test_revocation_of_an_unknown_token_is_fine(metadata, service):
    """RFC 7009 §2.2"""
    assert post(metadata["revocation_endpoint"], {"token": "unknown"}, service).status_code == 200


def test_introspection_needs_a_client(metadata, token):
    """RFC 7662 §2.1"""
    response = post(metadata["introspection_endpoint"], {"token": token})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_expiry_is_the_same_everywhere(metadata, token, api):
    claims = post(metadata["introspection_endpoint"], {"token": token}, api).json()
    assert claims["exp"] > claims["iat"] and claims["client_id"] == "backend-service"
