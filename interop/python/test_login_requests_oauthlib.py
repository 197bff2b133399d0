"""requests-oauthlib: the code flow with oauthlib's PKCE, and its automatic refresh."""

import os

import pytest
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from person import REDIRECT_URI, Person


@pytest.fixture(autouse=True)
def loopback_http(monkeypatch):
    """oauthlib wants https otherwise."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def session(**more):
    scope = ["openid", "profile", "email"]
    return OAuth2Session("web-app", redirect_uri=REDIRECT_URI, scope=scope, pkce="S256", **more)


def login(oauth, metadata):
    url, _ = oauth.authorization_url(metadata["authorization_endpoint"])
    secret = os.environ["KEYWARD_WEB_APP_SECRET"]
    answered = Person().visit(url)
    return oauth.fetch_token(metadata["token_endpoint"], authorization_response=answered, client_secret=secret)


def test_login_and_userinfo(metadata):
    oauth = session()
    token = login(oauth, metadata)
    assert token["token_type"] == "Bearer" and set(token["scope"]) == {"openid", "profile", "email"}
    assert oauth.get(metadata["userinfo_endpoint"]).json()["preferred_username"] == "alice"


def test_automatic_refresh(metadata):
    kept = []
    basic = {"client_id": "web-app", "client_secret": os.environ["KEYWARD_WEB_APP_SECRET"]}
    oauth = session(
        auto_refresh_url=metadata["token_endpoint"], auto_refresh_kwargs=basic, token_updater=kept.append
    )
    token = login(oauth, metadata)
    oauth.token = {**token, "expires_at": 1}
    assert oauth.get(metadata["userinfo_endpoint"]).status_code == 200
    assert kept and kept[0]["access_token"] != token["access_token"]


def test_a_code_spent_twice_is_oauthlibs_own_error(metadata):
    oauth = session()
    url, _ = oauth.authorization_url(metadata["authorization_endpoint"])
    answered = Person().visit(url)
    secret = os.environ["KEYWARD_WEB_APP_SECRET"]
    spend = lambda: oauth.fetch_token(  # noqa: E731
        metadata["token_endpoint"], authorization_response=answered, client_secret=secret
    )
    spend()
    with pytest.raises(InvalidGrantError):
        spend()
