"""Realms: representations, import and export, keys, events, caches, server info."""

import re
import time
import uuid

import pytest

from admin import IS_KEYCLOAK, Admin, names, refused

NO_REALM = {"error": "Realm not found."}


def test_create_read_update_delete(kc):
    found = kc.get_realm(kc.realm)
    assert (found["realm"], found["enabled"], found["accessTokenLifespan"]) == (kc.realm, True, 300)
    assert found["defaultRole"]["name"] == f"default-roles-{kc.realm}"
    assert {"master", kc.realm} <= {one["realm"] for one in kc.get_realms()}
    assert kc.update_realm(kc.realm, {"displayName": "A realm", "accessTokenLifespan": 60}) == {}
    changed = kc.get_realm(kc.realm)
    assert (changed["displayName"], changed["accessTokenLifespan"]) == ("A realm", 60)
    assert changed["ssoSessionIdleTimeout"] == found["ssoSessionIdleTimeout"]

    with refused(409, {"errorMessage": f"Realm {kc.realm} already exists"}):
        kc.create_realm({"realm": kc.realm})
    unknown = f"unknown-{uuid.uuid4()}"
    for call in (kc.get_realm, kc.delete_realm, lambda realm: kc.update_realm(realm, {})):
        with refused(404, NO_REALM):
            call(unknown)
    with refused(400, {"errorMessage": "Can't remove master realm"}):
        kc.delete_realm("master")


def test_import_of_a_whole_realm(kc):
    realm, here = f"py-{uuid.uuid4()}", kc.realm
    whole = {
        "realm": realm,
        "enabled": True,
        "roles": {"realm": [{"name": "clerk"}], "client": {"shop": [{"name": "read"}]}},
        "clients": [{"clientId": "shop", "publicClient": True, "directAccessGrantsEnabled": True}],
        "groups": [{"name": "staff", "realmRoles": ["clerk"], "subGroups": [{"name": "night"}]}],
        "users": [
            {
                "username": "anna",
                "enabled": True,
                "email": "anna@example.com",
                "firstName": "Anna",
                "lastName": "Berg",
                "credentials": [{"type": "password", "value": "password of anna"}],
                "clientRoles": {"shop": ["read"]},
                "groups": ["/staff/night"],
            }
        ],
    }
    assert kc.import_realm(whole) == b""
    try:
        kc.change_current_realm(realm)
        claims = kc.claims("anna", "shop")
        assert claims["realm_access"]["roles"] == ["clerk"]
        assert claims["resource_access"] == {"shop": {"roles": ["read"]}}
        assert kc.get_group_by_path("staff/night")["name"] == "night"
    finally:
        kc.change_current_realm(here)
        kc.delete_realm(realm)


def test_partial_import(kc):
    rep = {
        "clients": [{"clientId": "shop"}],
        "groups": [{"name": "staff", "path": "/staff"}],
        "roles": {"realm": [{"name": "clerk"}], "client": {"shop": [{"name": "read"}]}},
        "users": [{"username": "anna", "email": "anna@example.com"}],
    }
    first = kc.partial_import_realm(kc.realm, {"ifResourceExists": "FAIL"} | rep)
    assert (first["added"], first["skipped"], first["overwritten"]) == (5, 0, 0)
    told = sorted(f"{one['resourceType']} {one['resourceName']}" for one in first["results"])
    assert told == ["CLIENT shop", "CLIENT_ROLE shop-->read", "GROUP staff", "REALM_ROLE clerk", "USER anna"]
    with refused(409, {"errorMessage": "User with user name anna already exists."}):
        kc.partial_import_realm(kc.realm, {"ifResourceExists": "FAIL", "users": rep["users"]})
    again = kc.partial_import_realm(kc.realm, {"ifResourceExists": "SKIP"} | rep)
    assert (again["added"], again["skipped"], again["overwritten"]) == (0, 5, 0)
    over = kc.partial_import_realm(kc.realm, {"ifResourceExists": "OVERWRITE", "users": rep["users"]})
    assert (over["added"], over["skipped"], over["overwritten"]) == (0, 0, 1)


def test_partial_export(kc):
    kc.create_client({"clientId": "backend", "secret": "s3cret"})
    kc.create_group({"name": "staff"})
    kc.person("anna")
    bare = kc.export_realm()
    assert bare["realm"] == kc.realm and not {"clients", "groups", "roles", "users"} & bare.keys()
    whole = kc.export_realm(export_clients=True, export_groups_and_role=True)
    [backend] = [one for one in whole["clients"] if one["clientId"] == "backend"]
    assert backend["secret"] == "**********" and "users" not in whole
    assert names(whole["groups"]) == ["staff"]
    assert f"default-roles-{kc.realm}" in names(whole["roles"]["realm"])


def test_keys(kc):
    found = kc.get_keys()
    # By decision Keyward has keys for each algorithm that it signs with, and none for encryption.
    keycloaks, keywards = {"AES", "HS512", "RS256", "RSA-OAEP"}, {"ES256", "EdDSA", "HS256", "PS256", "RS256"}
    assert set(found["active"]) == (keycloaks if IS_KEYCLOAK else keywards)
    [signing] = [key for key in found["keys"] if key["kid"] == found["active"]["RS256"]]
    assert (signing["algorithm"], signing["use"], signing["status"], signing["type"]) == (
        "RS256",
        "SIG",
        "ACTIVE",
        "RSA",
    )
    assert kc.openid("app").public_key() == signing["publicKey"]
    assert signing["kid"] in {key["kid"] for key in kc.openid("app").certs()["keys"]}


def test_events(kc):
    config = {
        "eventsEnabled": True,
        "eventsListeners": ["jboss-logging"],
        "enabledEventTypes": ["LOGIN", "LOGIN_ERROR"],
        "adminEventsEnabled": True,
        "adminEventsDetailsEnabled": True,
    }
    assert kc.set_events(config) == {}
    kc.password_client()
    user_id = kc.person("anna")
    sid = kc.claims("anna")["sid"]
    with refused(400, {"error": "invalid_grant", "error_description": "Invalid user credentials"}):
        kc.openid("app").token("anna", "wrong")
    events = kc.get_events()
    assert [event["type"] for event in events] == ["LOGIN_ERROR", "LOGIN"]
    assert (events[1]["userId"], events[1]["sessionId"], events[1]["clientId"]) == (user_id, sid, "app")
    assert events[0]["error"] == "invalid_user_credentials"
    assert [event["type"] for event in kc.get_events({"type": "LOGIN"})] == ["LOGIN"]
    assert kc.get_events({"dateTo": "2020-01-01"}) == []

    created = kc.get_admin_events({"operationTypes": "CREATE", "resourceTypes": "USER"})
    assert [event["resourcePath"] for event in created] == [f"users/{user_id}"]
    everything = [(event["operationType"], event["resourceType"]) for event in kc.get_admin_events()]
    assert {("CREATE", "USER"), ("CREATE", "CLIENT")} <= set(everything)


def test_caches(kc):
    assert kc.clear_keys_cache() == {}
    assert kc.clear_realm_cache() == {}
    assert kc.clear_user_cache() == {}


def test_server_info(kc):
    info = kc.get_server_info()
    assert re.match(r"\d+\.\d+\.\d+", info["systemInfo"]["version"])
    assert "oidc-audience-mapper" in {one["id"] for one in info["protocolMapperTypes"]["openid-connect"]}
    assert "LOGIN" in info["enums"]["eventType"]


def test_default_roles(kc):
    role_id = kc.get_default_realm_role_id()
    assert kc.get_role_by_id(role_id)["name"] == f"default-roles-{kc.realm}"
    clerk = kc.role("clerk")
    assert names(kc.get_realm_default_roles()) == ["offline_access", "uma_authorization"]
    assert kc.add_realm_default_roles([clerk]) == {}
    assert names(kc.get_realm_default_roles()) == ["clerk", "offline_access", "uma_authorization"]
    kc.password_client()
    kc.person("anna")
    assert "clerk" in kc.claims("anna")["realm_access"]["roles"]
    assert kc.remove_realm_default_roles([clerk]) == {}
    assert names(kc.get_realm_default_roles()) == ["offline_access", "uma_authorization"]


def test_attack_detection(kc):
    clean = {
        "numFailures": 0,
        "numTemporaryLockouts": 0,
        "numSecondaryAuthFailures": 0,
        "disabled": False,
        "failedLoginNotBefore": 0,
        "lastIPFailure": "n/a",
        "lastFailure": 0,
    }
    kc.update_realm(kc.realm, {"bruteForceProtected": True, "failureFactor": 1})
    kc.password_client()
    users = {name: kc.person(name) for name in ("anna", "bert")}
    assert kc.get_bruteforce_detection_status(users["anna"]) == clean
    for name in users:
        with refused(400, {"error": "invalid_grant", "error_description": "Invalid user credentials"}):
            kc.openid("app").token(name, "wrong")
    locked = kc.get_bruteforce_detection_status(users["anna"])
    assert (locked["numFailures"], locked["disabled"], locked["lastIPFailure"]) == (1, True, "127.0.0.1")
    assert abs(locked["lastFailure"] / 1000 - time.time()) < 60
    with refused(400, {"error": "invalid_grant", "error_description": "Invalid user credentials"}):
        kc.login("anna")

    assert kc.clear_bruteforce_attempts_for_user(users["anna"]) == {}
    assert kc.get_bruteforce_detection_status(users["anna"]) == clean
    assert kc.login("anna")["access_token"]
    assert kc.get_bruteforce_detection_status(users["bert"])["disabled"] is True
    assert kc.clear_all_bruteforce_attempts() == {}
    assert kc.login("bert")["access_token"]


def test_wrong_password_and_no_right(admin_server, kc):
    url, user, _ = admin_server
    kc.person("anna")
    with refused(400, {"error": "invalid_grant", "error_description": "Invalid user credentials"}):
        Admin(url, user, "wrong").get_realms()
    anna = Admin(url, "anna", "password of anna", realm=kc.realm)
    with refused(403, {"error": "HTTP 403 Forbidden"}):
        anna.get_users()
    with refused(403, {"error": "HTTP 403 Forbidden"}):
        anna.create_realm({"realm": f"py-{uuid.uuid4()}"})
    management = kc.get_client_id("realm-management")
    kc.assign_client_role(kc.get_user_id("anna"), management, [kc.get_client_role(management, "view-users")])
    assert [one["username"] for one in anna.get_users()] == ["anna"]
    with refused(403, {"error": "HTTP 403 Forbidden"}):
        anna.create_user({"username": "bert"})


@pytest.mark.parametrize("name", ["a/b", "a?b", "a#b"])
def test_bad_name(kc, name):
    # By decision the names that Keyward takes are fewer, and it says which.
    with refused(400, re.compile("not allowed" if IS_KEYCLOAK else "^a realm name has 1 to 60 characters of ")):
        kc.create_realm({"realm": name})
