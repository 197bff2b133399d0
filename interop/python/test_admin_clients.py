"""Clients: representations, secrets, service accounts, scopes, mappers, sessions, keys."""

import json
import re

import pytest
from keycloak.exceptions import KeycloakPostError

from admin import IS_KEYCLOAK, decode, names, refused

NO_CLIENT = {"error": "Could not find client"}

MAPPER = {
    "name": "colour",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-hardcoded-claim-mapper",
    "config": {
        "claim.name": "colour",
        "claim.value": "blue",
        "jsonType.label": "String",
        "access.token.claim": "true",
        "introspection.token.claim": "true",
    },
}


def test_create_read_update_delete(kc):
    client_id = kc.create_client({"clientId": "backend", "redirectUris": ["https://app.example/back"]})
    assert kc.create_client({"clientId": "backend"}, skip_exists=True) == client_id
    with refused(409, {"errorMessage": "Client backend already exists"}):
        kc.create_client({"clientId": "backend"})
    found = kc.get_client(client_id)
    assert (found["clientId"], found["redirectUris"]) == ("backend", ["https://app.example/back"])
    assert found["publicClient"] is False and found["clientAuthenticatorType"] == "client-secret"
    assert kc.get_client_id("backend") == client_id
    assert kc.get_client_id("back") is None
    built_in = {"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"}
    assert {client["clientId"] for client in kc.get_clients()} == built_in | {"backend"}

    assert kc.update_client(client_id, {"name": "Backend"}) == {}
    assert kc.get_client(client_id)["name"] == "Backend"
    with refused(400, {"error": "invalid_input", "error_description": "A redirect URI uses an illegal scheme"}):
        kc.update_client(client_id, {"redirectUris": ["javascript:alert(1)"]})
    assert kc.delete_client(client_id) == {}
    with refused(404, NO_CLIENT):
        kc.get_client(client_id)
    with refused(404, NO_CLIENT):
        kc.update_client(client_id, {"name": "x"})
    with refused(404, NO_CLIENT):
        kc.delete_client(client_id)


def test_secret(kc):
    client_id = kc.create_client({"clientId": "backend", "serviceAccountsEnabled": True})
    old = kc.get_client_secrets(client_id)
    assert old["type"] == "secret" and old["value"] == kc.get_client(client_id)["secret"]
    assert kc.openid("backend", old["value"]).token(grant_type="client_credentials")["token_type"] == "Bearer"
    new = kc.generate_client_secrets(client_id)
    assert new["value"] != old["value"] and kc.get_client_secrets(client_id) == new
    assert kc.openid("backend", new["value"]).token(grant_type="client_credentials")["access_token"]
    # By decision the error is RFC 6749 §5.2's.
    error = "unauthorized_client" if IS_KEYCLOAK else "invalid_client"
    with refused(401, {"error": error, "error_description": "Invalid client or Invalid client credentials"}):
        kc.openid("backend", old["value"]).token(grant_type="client_credentials")


def test_service_account(kc):
    client_id = kc.create_client({"clientId": "backend", "secret": "s3cret"})
    with refused(400, {"error": "Service account not enabled for the client 'backend'"}):
        kc.get_client_service_account_user(client_id)
    kc.update_client(client_id, {"serviceAccountsEnabled": True})
    user = kc.get_client_service_account_user(client_id)
    assert user["username"] == "service-account-backend"
    kc.assign_realm_roles(user["id"], kc.role("robot"))
    claims = decode(kc.openid("backend", "s3cret").token(grant_type="client_credentials")["access_token"])
    assert (claims["sub"], claims["client_id"]) == (user["id"], "backend")
    assert "robot" in claims["realm_access"]["roles"]
    assert kc.get_users() == []


def test_scopes_of_a_client(kc):
    client_id = kc.password_client()
    kc.person("anna")
    attributes = {"include.in.token.scope": "true"}
    scope_id = kc.create_client_scope({"name": "orders", "protocol": "openid-connect", "attributes": attributes})

    def scope(asked="openid"):
        return "orders" in decode(kc.login("anna", scope=asked)["access_token"])["scope"].split()

    payload = {"realm": kc.realm, "client": client_id, "clientScopeId": scope_id}
    assert kc.add_client_optional_client_scope(client_id, scope_id, payload) == {}
    assert "orders" in names(kc.get_client_optional_client_scopes(client_id))
    assert (scope(), scope("openid orders")) == (False, True)
    assert kc.delete_client_optional_client_scope(client_id, scope_id) == {}
    assert "orders" not in names(kc.get_client_optional_client_scopes(client_id))

    assert kc.add_client_default_client_scope(client_id, scope_id, payload) == {}
    assert "orders" in names(kc.get_client_default_client_scopes(client_id))
    assert scope() is True
    assert kc.delete_client_default_client_scope(client_id, scope_id) == {}
    assert scope() is False
    with refused(404, {"error": "Client scope not found"}):
        kc.add_client_default_client_scope(client_id, "nowhere", payload)


def test_mappers(kc):
    client_id = kc.password_client()
    kc.person("anna")
    assert kc.add_mapper_to_client(client_id, MAPPER) == b""
    [mapper] = kc.get_mappers_from_client(client_id)
    assert mapper == MAPPER | {"id": mapper["id"], "consentRequired": False}
    assert kc.claims("anna")["colour"] == "blue"
    with refused(409, {"errorMessage": "Protocol mapper exists with same name"}):
        kc.add_mapper_to_client(client_id, MAPPER)
    mapper["config"]["claim.value"] = "red"
    assert kc.update_client_mapper(client_id, mapper["id"], mapper) == {}
    assert kc.claims("anna")["colour"] == "red"
    assert kc.remove_client_mapper(client_id, mapper["id"]) == {}
    assert "colour" not in kc.claims("anna")
    with refused(404, {"error": "Model not found"}):
        kc.update_client_mapper(client_id, mapper["id"], mapper)
    with refused(404, {"error": "Model not found"}):
        kc.remove_client_mapper(client_id, mapper["id"])


def test_scope_mappings_of_a_client(kc):
    """The client's methods say "client scope" where they mean the scope mappings of a client."""
    client_id = kc.password_client(fullScopeAllowed=False)
    shop = kc.password_client("shop")
    clerk, read = kc.role("clerk"), kc.client_role(shop, "read")
    anna = kc.person("anna")
    kc.assign_realm_roles(anna, clerk)
    kc.assign_client_role(anna, shop, read)
    assert not {"realm_access", "resource_access"} & kc.claims("anna").keys()

    assert kc.assign_realm_roles_to_client_scope(client_id, clerk) == {}
    assert names(kc.get_realm_roles_of_client_scope(client_id)) == ["clerk"]
    assert kc.assign_client_roles_to_client_scope(client_id, shop, read) == {}
    assert names(kc.get_client_roles_of_client_scope(client_id, shop)) == ["read"]
    claims = kc.claims("anna")
    assert claims["realm_access"] == {"roles": ["clerk"]} and claims["resource_access"] == {"shop": {"roles": ["read"]}}

    assert kc.delete_realm_roles_of_client_scope(client_id, clerk) == {}
    assert kc.get_realm_roles_of_client_scope(client_id) == []
    assert kc.delete_client_roles_of_client_scope(client_id, shop, read) == {}
    assert kc.get_client_roles_of_client_scope(client_id, shop) == []
    assert not {"realm_access", "resource_access"} & kc.claims("anna").keys()


def test_installation(kc):
    client_id = kc.create_client({"clientId": "backend", "secret": "s3cret"})
    assert kc.get_client_installation_provider(client_id, "keycloak-oidc-keycloak-json") == {
        "realm": kc.realm,
        "auth-server-url": f"{kc.url}/",
        "ssl-required": "external",
        "resource": "backend",
        "credentials": {"secret": "s3cret"},
        "confidential-port": 0,
    }
    with refused(404, {"error": "Unknown Provider"}):
        kc.get_client_installation_provider(client_id, "nothing")


def test_certificate(kc):
    client_id = kc.create_client({"clientId": "backend"})
    assert kc.get_client_certificate_key_info(client_id, "jwt.credential") == {}
    keys = kc.get_keys()
    [signing] = [key for key in keys["keys"] if key["kid"] == keys["active"]["RS256"]]
    assert kc.upload_certificate(client_id, signing["certificate"])["certificate"] == signing["certificate"]
    assert kc.get_client_certificate_key_info(client_id, "jwt.credential") == {"certificate": signing["certificate"]}


def test_sessions(kc):
    client_id = kc.password_client()
    anna = kc.person("anna")
    assert kc.get_client_sessions_stats() == []
    tokens = kc.login("anna")
    kc.login("anna", scope="openid offline_access")
    [session] = kc.get_sessions(anna)
    assert session["id"] == decode(tokens["access_token"])["sid"]
    assert (session["userId"], session["username"], session["clients"]) == (anna, "anna", {client_id: "app"})
    assert [one["id"] for one in kc.get_client_all_sessions(client_id)] == [session["id"]]
    assert kc.get_client_all_sessions(client_id, {"first": 1, "max": 1}) == []
    assert kc.get_client_sessions_stats() == [{"id": client_id, "clientId": "app", "active": "1", "offline": "1"}]

    assert kc.user_logout(anna) == {}
    assert kc.get_sessions(anna) == []
    with refused(400, re.compile("^invalid_grant$")):
        kc.openid("app").refresh_token(tokens["refresh_token"])


def test_consents(kc):
    client_id = kc.password_client()
    anna = kc.person("anna")
    kc.login("anna", scope="openid offline_access")
    grant = {"client": client_id, "key": "Offline Token"}
    assert kc.user_consents(anna) == [{"clientId": "app", "grantedClientScopes": [], "additionalGrants": [grant]}]
    assert kc.revoke_consent(anna, "app") == {}
    assert kc.user_consents(anna) == []
    with refused(404, {"error": "Consent nor offline token not found"}):
        kc.revoke_consent(anna, "app")


def test_initial_access_token(kc):
    # The client waits for 200 where Keycloak 26 answers 201, and so shows the answer as an error.
    with pytest.raises(KeycloakPostError) as shown:
        kc.create_initial_access_token(count=2, expiration=60)
    assert shown.value.response_code == 201
    made = json.loads(shown.value.response_body)
    assert (made["count"], made["remainingCount"], made["expiration"]) == (2, 2, 60)
    claims = decode(made["token"])
    assert (claims["typ"], claims["jti"], claims["exp"] - claims["iat"]) == ("InitialAccessToken", made["id"], 60)


def test_built_in_clients_stay(kc):
    with refused(400, {"error": "invalid_request", "error_description": "Could not delete client"}):
        kc.delete_client(kc.get_client_id("account"))
