"""The code of the article "API Authentication Best Practices in 2026", as people copy it."""

import time

import jwt
import requests
from jwt import PyJWKClient


class TokenClient:
    """Calls an API with a client-credentials token, fetched when needed and renewed 30 seconds early."""

    def __init__(self, token_url, client_id, client_secret, scope="openid"):
        self.token_url = token_url
        self.client_id = client_id
        self.client_secret = client_secret
        self.scope = scope
        self._token = None
        self._expires_at = 0.0

    def fetch_token(self):
        response = requests.post(
            self.token_url,
            data={
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "scope": self.scope,
            },
            timeout=10,
        )
        response.raise_for_status()
        body = response.json()
        self._token = body["access_token"]
        self._expires_at = time.time() + body["expires_in"]
        return self._token

    def token(self):
        if self._token is None or time.time() >= self._expires_at - 30:
            self.fetch_token()
        return self._token

    def request(self, method, url, **kwargs):
        response = self._send(method, url, **kwargs)
        if response.status_code == 401:
            self._token = None
            response = self._send(method, url, **kwargs)
        return response

    def _send(self, method, url, **kwargs):
        headers = {**kwargs.pop("headers", {}), "Authorization": f"Bearer {self.token()}"}
        return requests.request(method, url, headers=headers, timeout=10, **kwargs)


class JwtValidator:
    """Validates access tokens locally, by the issuer's published keys."""

    def __init__(self, issuer, jwks_url, audience="backend-api"):
        self.issuer = issuer
        self.audience = audience
        self.jwks = PyJWKClient(jwks_url)

    def validate(self, token):
        key = self.jwks.get_signing_key_from_jwt(token)
        return jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            audience=self.audience,
            issuer=self.issuer,
            options={"require": ["exp", "iss", "sub", "aud"]},
        )


def introspect(introspection_url, token, client_id, client_secret):
    """Asks the server about a token and refuses what is not active."""
    response = requests.post(
        introspection_url,
        data={"token": token},
        auth=(client_id, client_secret),
        timeout=10,
    )
    response.raise_for_status()
    body = response.json()
    if not body.get("active"):
        raise PermissionError("token is not active")
    return body
