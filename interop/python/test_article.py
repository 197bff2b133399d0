"""The article's three pieces, with a small API of its own in between."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
import requests

import article


@pytest.fixture
def validator(issuer, metadata):
    return article.JwtValidator(issuer, metadata["jwks_uri"])


@pytest.fixture
def client(metadata, service):
    return article.TokenClient(metadata["token_endpoint"], *service)


@pytest.fixture
def orders(validator):
    """An API at a URL of its own; it answers 401 to what does not validate and counts what it has seen."""

    class Orders(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append(self.headers.get("Authorization", ""))
            scheme, _, token = self.headers.get("Authorization", "").partition(" ")
            try:
                if scheme != "Bearer" or token in self.server.refused:
                    raise jwt.InvalidTokenError("refused")
                body = validator.validate(token)["sub"].encode()
                self.send_response(200)
            except jwt.PyJWTError as error:
                body = str(error).encode()
                self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Orders)
    server.seen, server.refused = [], set()
    server.url = f"http://127.0.0.1:{server.server_port}/orders"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_client_calls_the_api_with_one_token(client, orders):
    for _ in range(3):
        assert client.request("GET", orders.url).status_code == 200
    assert len(set(orders.seen)) == 1


def test_client_fetches_anew_30_seconds_before_expiry(client, monkeypatch):
    first = client.token()
    assert client.token() == first
    expires_at = client._expires_at
    monkeypatch.setattr(article.time, "time", lambda: expires_at - 31)
    assert client.token() == first
    monkeypatch.setattr(article.time, "time", lambda: expires_at - 29)
    assert client.token() != first


def test_client_fetches_anew_after_401_and_retries_once(client, orders):
    orders.refused.add(client.token())
    assert client.request("GET", orders.url).status_code == 200
    assert len(orders.seen) == 2 and orders.seen[0] != orders.seen[1]


def test_api_refuses_no_token_and_a_forged_one(client, orders):
    assert requests.get(orders.url, timeout=10).status_code == 401
    header, payload, _ = client.token().split(".")
    forged = f"{header}.{payload}.{'A' * 342}"
    assert requests.get(orders.url, headers={"Authorization": f"Bearer {forged}"}, timeout=10).status_code == 401


def test_validator_reads_the_claims(validator, client, issuer):
    claims = validator.validate(client.token())
    assert claims["iss"] == issuer
    assert "backend-api" in ([claims["aud"]] if isinstance(claims["aud"], str) else claims["aud"])
    assert claims["sub"] and claims["exp"] > claims["iat"]


def test_validator_refuses_another_audience(issuer, metadata, client):
    other = article.JwtValidator(issuer, metadata["jwks_uri"], audience="another-api")
    with pytest.raises(jwt.InvalidAudienceError):
        other.validate(client.token())


def test_introspect_knows_an_active_token(metadata, client, api):
    body = article.introspect(metadata["introspection_endpoint"], client.token(), *api)
    assert body["active"] is True and body["client_id"] == "backend-service"


def test_introspect_refuses_garbage_and_revoked_tokens(metadata, client, service, api):
    with pytest.raises(PermissionError):
        article.introspect(metadata["introspection_endpoint"], "no-token", *api)
    token = client.token()
    requests.post(metadata["revocation_endpoint"], data={"token": token}, auth=service, timeout=10).raise_for_status()
    with pytest.raises(PermissionError):
        article.introspect(metadata["introspection_endpoint"], token, *api)


def test_introspect_with_a_wrong_secret_is_an_error(metadata, client, api):
    with pytest.raises(requests.HTTPError) as refused:
        article.introspect(metadata["introspection_endpoint"], client.token(), api[0], "wrong")
    assert refused.value.response.status_code == 401


def test_client_with_a_wrong_secret_is_an_error(metadata):
    client = article.TokenClient(metadata["token_endpoint"], "backend-service", "wrong")
    with pytest.raises(requests.HTTPError) as refused:
        client.token()
    assert refused.value.response.status_code == 401
    assert refused.value.response.json()["error"] == "invalid_client"
