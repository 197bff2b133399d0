"""Users: representations, search, passwords and other credentials, identities, mails."""

import re

import pytest

from admin import names, password_of, refused, usernames
from mail import Mail, follow

NO_USER = {"error": "User not found"}


def test_create_read_update_delete(kc):
    user = {"username": "Anna.Berg", "email": "Anna@Example.com", "firstName": "Anna", "enabled": True}
    user_id = kc.create_user(user)
    found = kc.get_user(user_id)
    assert (found["username"], found["email"], found["firstName"]) == ("anna.berg", "anna@example.com", "Anna")
    assert found["emailVerified"] is False and found["requiredActions"] == [] and found["totp"] is False
    assert found["access"]["manage"] is True and "userProfileMetadata" not in found
    described = kc.get_user(user_id, user_profile_metadata=True)["userProfileMetadata"]["attributes"]
    assert {"username", "email", "firstName", "lastName"} <= {one["name"] for one in described}
    assert kc.get_user_id("ANNA.berg") == user_id
    assert kc.get_user_id("anna") is None

    assert kc.create_user({"username": "anna.berg"}, exist_ok=True) == user_id
    with refused(409, {"errorMessage": "User exists with same username"}):
        kc.create_user({"username": "anna.berg"})
    with refused(409, {"errorMessage": "User exists with same email"}):
        kc.create_user({"username": "other", "email": "anna@example.com"})

    assert kc.update_user(user_id, {"firstName": "Ann"}) == {}
    assert kc.get_user(user_id)["firstName"] == "Ann"
    kc.disable_user(user_id)
    assert kc.get_user(user_id)["enabled"] is False
    kc.enable_user(user_id)
    assert kc.get_user(user_id)["enabled"] is True

    assert kc.delete_user(user_id) == {}
    with refused(404, NO_USER):
        kc.get_user(user_id)
    with refused(404, NO_USER):
        kc.update_user(user_id, {"firstName": "Ann"})
    with refused(404, NO_USER):
        kc.delete_user(user_id)


def test_search_and_count(kc):
    for username in ("carl", "carla", "oscar"):
        kc.person(username)
    assert usernames(kc.get_users()) == ["carl", "carla", "oscar"]
    assert usernames(kc.get_users({"search": "car"})) == ["carl", "carla"]
    assert usernames(kc.get_users({"search": "*car*"})) == ["carl", "carla", "oscar"]
    assert usernames(kc.get_users({"username": "carl", "exact": "true"})) == ["carl"]
    assert usernames(kc.get_users({"email": "oscar@example.com"})) == ["oscar"]
    assert len(kc.get_users({"first": 1, "max": 1})) == 1
    assert kc.users_count() == 3
    assert kc.users_count({"search": "car"}) == 2

    kc.disable_all_users()
    assert kc.users_count({"enabled": "false"}) == 3
    kc.enable_all_users()
    assert kc.users_count({"enabled": "true"}) == 3


def test_more_users_than_a_page(kc):
    """The client asks for pages of 100, until one is not full."""
    users = [{"username": f"user-{number:03}"} for number in range(101)]
    assert kc.partial_import_realm(kc.realm, {"ifResourceExists": "FAIL", "users": users})["added"] == 101
    assert usernames(kc.get_users()) == [user["username"] for user in users]
    assert len(kc.get_users({"first": 0, "max": 3})) == 3


def test_profile(kc):
    profile = kc.get_realm_users_profile()
    assert [one["name"] for one in profile["attributes"]] == ["username", "email", "firstName", "lastName"]
    shoe = {
        "name": "shoe",
        "displayName": "Shoe size",
        "validations": {"integer": {"min": 20, "max": 50}},
        "permissions": {"view": ["admin", "user"], "edit": ["admin"]},
        "multivalued": False,
    }
    updated = kc.update_realm_users_profile(profile | {"attributes": profile["attributes"] + [shoe]})
    assert updated["attributes"][-1] == shoe
    assert kc.get_realm_users_profile() == updated
    user_id = kc.person("anna", attributes={"shoe": ["44"]})
    assert kc.get_user(user_id)["attributes"] == {"shoe": ["44"]}
    with refused(400, {"field": "shoe", "errorMessage": "error-number-out-of-range", "params": ["shoe", 20, 50]}):
        kc.update_user(user_id, {"attributes": {"shoe": ["99"]}})


def test_password(kc):
    kc.password_client()
    user_id = kc.person("anna")
    assert kc.claims("anna")["preferred_username"] == "anna"
    assert kc.set_user_password(user_id, "temporary", temporary=True) == {}
    assert kc.get_user(user_id)["requiredActions"] == ["UPDATE_PASSWORD"]
    with refused(400, {"error": "invalid_grant", "error_description": "Account is not fully set up"}):
        kc.openid("app").token("anna", "temporary")
    # Keyward's realms want eight characters from the start.
    kc.set_user_password(user_id, "lasting one", temporary=False)
    assert kc.get_user(user_id)["requiredActions"] == []
    assert kc.openid("app").token("anna", "lasting one")["token_type"] == "Bearer"
    with refused(400, {"error": "invalid_grant", "error_description": "Invalid user credentials"}):
        kc.login("anna")

    kc.update_realm(kc.realm, {"passwordPolicy": "length(8)"})
    with refused(
        400,
        {
            "error": "invalidPasswordMinLengthMessage",
            "error_description": "Invalid password: minimum length 8.",
        },
    ):
        kc.set_user_password(user_id, "short", temporary=False)
    with refused(404, NO_USER):
        kc.set_user_password("nobody", "long enough")


def test_credentials(kc):
    user_id = kc.person("anna")
    [password] = kc.get_credentials(user_id)
    assert password["type"] == "password" and "secretData" not in password
    assert kc.delete_credential(user_id, password["id"]) == {}
    assert kc.get_credentials(user_id) == []
    with refused(404, {"error": "Credential not found"}):
        kc.delete_credential(user_id, password["id"])


def test_identities_elsewhere(kc):
    urls = {"authorizationUrl": "https://idp.example/auth", "tokenUrl": "https://idp.example/token"}
    kc.create_idp({"alias": "elsewhere", "providerId": "oidc", "config": {"clientId": "us"} | urls})
    user_id = kc.person("anna")
    assert kc.get_user_social_logins(user_id) == []
    assert kc.add_user_social_login(user_id, "elsewhere", "4711", "anna.there") == {}
    assert kc.get_user_social_logins(user_id) == [
        {"identityProvider": "elsewhere", "userId": "4711", "userName": "anna.there"}
    ]
    with refused(409, {"errorMessage": "User is already linked with provider"}):
        kc.add_user_social_login(user_id, "elsewhere", "4711", "anna.there")
    assert kc.delete_user_social_login(user_id, "elsewhere") == {}
    assert kc.get_user_social_logins(user_id) == []
    with refused(404, {"error": "Link not found"}):
        kc.delete_user_social_login(user_id, "elsewhere")


def test_mailed_links(kc):
    kc.password_client()
    user_id = kc.person("anna", emailVerified=False)
    with refused(500, re.compile("^Failed to send execute actions email")):
        kc.send_update_account(user_id, ["UPDATE_PASSWORD"])
    with Mail() as mail:
        kc.update_realm(kc.realm, {"smtpServer": mail.settings})
        assert kc.send_update_account(user_id, ["UPDATE_PASSWORD"], lifespan=600) == {}
        recipients, link = mail.next()
        assert recipients == ["anna@example.com"]
        follow(link, "a new password")
        assert kc.openid("app").token("anna", "a new password")["access_token"]

        kc.update_user(user_id, {"emailVerified": False})
        assert kc.send_verify_email(user_id) == {}
        follow(mail.next()[1])
        assert kc.get_user(user_id)["emailVerified"] is True
        with refused(400, {"errorMessage": "Client doesn't exist"}):
            kc.send_update_account(user_id, ["UPDATE_PASSWORD"], client_id="nobody")
        with refused(400, {"errorMessage": "Client id missing"}):
            kc.send_verify_email(user_id, redirect_uri="https://app.example/")


@pytest.mark.parametrize("subject", ["user", "group"])
def test_realm_roles(kc, subject):
    kc.password_client()
    clerk, manager = kc.role("clerk"), kc.role("manager")
    kc.add_composite_realm_roles_to_role("manager", [clerk])
    user_id = kc.person("anna")
    given = [f"default-roles-{kc.realm}"]
    if subject == "user":
        assert kc.assign_realm_roles(user_id, [manager]) == {}
        assert names(kc.get_realm_roles_of_user(user_id)) == sorted([*given, "manager"])
        assert "clerk" in names(kc.get_available_realm_roles_of_user(user_id))
        effective = kc.get_composite_realm_roles_of_user(user_id)
        assert names(effective) == sorted([*given, "clerk", "manager", "offline_access", "uma_authorization"])
        assert "attributes" not in effective[0]
        assert "attributes" in kc.get_composite_realm_roles_of_user(user_id, brief_representation=False)[0]
        assert names(kc.get_all_roles_of_user(user_id)["realmMappings"]) == sorted([*given, "manager"])
    else:
        group_id = kc.create_group({"name": "staff"})
        kc.group_user_add(user_id, group_id)
        assert kc.get_group_realm_roles(group_id) == []
        assert kc.assign_group_realm_roles(group_id, [manager]) == {}
        assert names(kc.get_group_realm_roles(group_id)) == ["manager"]
    roles = kc.claims("anna")["realm_access"]["roles"]
    assert {"clerk", "manager"} <= set(roles)
    if subject == "user":
        assert kc.delete_realm_roles_of_user(user_id, [manager]) == {}
        assert names(kc.get_realm_roles_of_user(user_id)) == given
    else:
        assert kc.delete_group_realm_roles(group_id, [manager]) == {}
        assert kc.get_group_realm_roles(group_id) == []
    assert "manager" not in kc.claims("anna")["realm_access"]["roles"]
    with refused(404, {"error": "Role not found"}):
        kc.assign_realm_roles(user_id, [{"id": "unknown", "name": "unknown"}])


def test_client_roles_of_a_user(kc):
    shop = kc.password_client("shop")
    read, every = kc.client_role(shop, "read"), kc.client_role(shop, "all")
    kc.add_composite_client_roles_to_role(shop, "all", [read])
    user_id = kc.person("anna")
    assert kc.get_client_roles_of_user(user_id, shop) == []
    assert kc.assign_client_role(user_id, shop, every) == {}
    assert names(kc.get_client_roles_of_user(user_id, shop)) == ["all"]
    assert names(kc.get_available_client_roles_of_user(user_id, shop)) == ["read"]
    assert names(kc.get_composite_client_roles_of_user(user_id, shop)) == ["all", "read"]
    assert names(kc.get_all_roles_of_user(user_id)["clientMappings"]["shop"]["mappings"]) == ["all"]
    assert sorted(kc.claims("anna", "shop")["resource_access"]["shop"]["roles"]) == ["all", "read"]
    assert kc.delete_client_roles_of_user(user_id, shop, [every]) == {}
    assert kc.get_client_roles_of_user(user_id, shop) == []


def test_client_roles_of_a_group(kc):
    shop = kc.password_client("shop")
    read, every = kc.client_role(shop, "read"), kc.client_role(shop, "all")
    kc.add_composite_client_roles_to_role(shop, "all", [read])
    group_id = kc.create_group({"name": "staff"})
    assert kc.assign_group_client_roles(group_id, shop, every) == {}
    assert names(kc.get_group_client_roles(group_id, shop)) == ["all"]
    assert names(kc.get_composite_client_roles_of_group(shop, group_id)) == ["all", "read"]
    kc.group_user_add(kc.person("anna"), group_id)
    assert sorted(kc.claims("anna", "shop")["resource_access"]["shop"]["roles"]) == ["all", "read"]
    assert kc.delete_group_client_roles(group_id, shop, [every]) == {}
    assert kc.get_group_client_roles(group_id, shop) == []


def test_disabled_user_does_not_log_in(kc):
    kc.password_client()
    user_id = kc.person("anna")
    kc.disable_user(user_id)
    with refused(400, {"error": "invalid_grant", "error_description": "Account disabled"}):
        kc.openid("app").token("anna", password_of("anna"))
