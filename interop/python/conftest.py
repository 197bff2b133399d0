"""What every test gets: the server's own word about itself, and the secrets from the environment."""

import os

import pytest
import requests


@pytest.fixture(scope="session")
def issuer():
    return os.environ["KEYWARD_ISSUER"]


@pytest.fixture(scope="session")
def metadata(issuer):
    """Discovery by issuer (OIDC Discovery §4)."""
    response = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10)
    response.raise_for_status()
    assert response.json()["issuer"] == issuer
    return response.json()


@pytest.fixture(scope="session")
def service():
    return "backend-service", os.environ["KEYWARD_BACKEND_SERVICE_SECRET"]


@pytest.fixture(scope="session")
def api():
    return "backend-api", os.environ["KEYWARD_BACKEND_API_SECRET"]


@pytest.fixture
def token(metadata, service):
    response = requests.post(
        metadata["token_endpoint"], data={"grant_type": "client_credentials"}, auth=service, timeout=10
    )
    response.raise_for_status()
    return response.json()["access_token"]
