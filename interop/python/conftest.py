"""What every test gets: the server's own word about itself, and the secrets from the environment."""

import asyncio
import os
import uuid

import pytest
import requests

from admin import Admin, running


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


@pytest.fixture(scope="session")
def admin_server():
    """URL, user and password of the server whose admin API is asked."""
    with running() as server:
        yield server


@pytest.fixture(scope="session", params=["sync", "async"])
def administrator(request, admin_server):
    """python-keycloak has each method twice."""
    loop = asyncio.new_event_loop() if request.param == "async" else None
    yield Admin(*admin_server, loop=loop)
    if loop:
        loop.close()


@pytest.fixture
def kc(administrator):
    """The administrator in a realm that only this test has."""
    realm = f"py-{uuid.uuid4()}"
    administrator.change_current_realm("master")
    assert administrator.create_realm({"realm": realm, "enabled": True}) == b""
    administrator.change_current_realm(realm)
    yield administrator
    administrator.delete_realm(realm)


def pytest_collection_modifyitems(items):
    """What asks which methods were called comes last."""
    items.sort(key=lambda item: "test_admin_coverage" in item.nodeid)
