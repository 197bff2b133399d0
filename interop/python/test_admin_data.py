"""What is kept as data: authentication flows, required actions, components, identity providers, organizations."""

import pytest

from admin import IS_KEYCLOAK, names, refused, usernames

FLOW = {"alias": "ours", "description": "our flow", "providerId": "basic-flow", "topLevel": True, "builtIn": False}

PROVIDER = {
    "alias": "elsewhere",
    "displayName": "Elsewhere",
    "providerId": "oidc",
    "enabled": True,
    "config": {
        "clientId": "us",
        "clientSecret": "the secret of us",
        "authorizationUrl": "https://idp.example/auth",
        "tokenUrl": "https://idp.example/token",
    },
}


def flow_id(kc, alias):
    [found] = [flow["id"] for flow in kc.get_authentication_flows() if flow["alias"] == alias]
    return found


def test_flows(kc):
    built_in = {"browser", "direct grant", "registration", "reset credentials", "clients", "first broker login"}
    assert built_in <= {flow["alias"] for flow in kc.get_authentication_flows()}
    assert kc.create_authentication_flow(FLOW) == b""
    assert kc.create_authentication_flow(FLOW, skip_exists=True) == b'{"msg": "Already exists"}'
    with refused(409, {"errorMessage": "Flow ours already exists"}):
        kc.create_authentication_flow(FLOW)
    ours = flow_id(kc, "ours")
    assert kc.get_authentication_flow_for_id(ours) == FLOW | {"id": ours, "authenticationExecutions": []}
    assert kc.update_authentication_flow(ours, FLOW | {"description": "new"}) == {}
    assert kc.get_authentication_flow_for_id(ours)["description"] == "new"

    assert kc.copy_authentication_flow({"newName": "our browser"}, "browser") == b""
    steps = [
        [
            (one.get("providerId"), one["level"], one["requirement"])
            for one in kc.get_authentication_flow_executions(flow)
        ]
        for flow in ("browser", "our browser")
    ]
    assert steps[0] == steps[1] and len(steps[0]) > 5
    with refused(404, {"error": "Flow not found"}):
        kc.copy_authentication_flow({"newName": "another"}, "nothing")

    assert kc.delete_authentication_flow(ours) == {}
    with refused(404, {"error": "Could not find flow with id"}):
        kc.get_authentication_flow_for_id(ours)
    with refused(400, {"error": "Can't delete built in flow"}):
        kc.delete_authentication_flow(flow_id(kc, "browser"))


def test_executions(kc):
    kc.create_authentication_flow(FLOW)
    assert kc.create_authentication_flow_execution({"provider": "auth-cookie"}, "ours") == b""
    kc.create_authentication_flow_execution({"provider": "identity-provider-redirector"}, "ours")
    sub = {
        "alias": "forms of ours",
        "type": "basic-flow",
        "provider": "registration-page-form",
        "description": "a form",
    }
    assert kc.create_authentication_flow_subflow(sub, "ours") == b""
    assert kc.create_authentication_flow_subflow(sub, "ours", skip_exists=True) == b'{"msg": "Already exists"}'

    def order():
        return [one["displayName"] for one in kc.get_authentication_flow_executions("ours")]

    first = ["Cookie", "Identity Provider Redirector", "forms of ours"]
    assert order() == first
    cookie, redirector, _ = kc.get_authentication_flow_executions("ours")
    kc.update_authentication_flow_executions(cookie | {"requirement": "ALTERNATIVE"}, "ours")
    assert kc.get_authentication_flow_executions("ours")[0]["requirement"] == "ALTERNATIVE"
    kc.change_execution_priority(redirector["id"], 1)
    assert order() == [first[1], first[0], first[2]]
    kc.change_execution_priority(redirector["id"], -1)
    assert order() == first
    execution = kc.get_authentication_flow_execution(cookie["id"])
    assert (execution["authenticator"], execution["requirement"]) == ("auth-cookie", "ALTERNATIVE")

    config = {"alias": "where to", "config": {"defaultProvider": "there"}}
    assert kc.create_execution_config(redirector["id"], config) == b""
    config_id = kc.get_authentication_flow_executions("ours")[1]["authenticationConfig"]
    assert kc.get_authenticator_config(config_id) == config | {"id": config_id}
    assert kc.update_authenticator_config(config | {"config": {"defaultProvider": "here"}}, config_id) == {}
    assert kc.get_authenticator_config(config_id)["config"] == {"defaultProvider": "here"}
    assert kc.delete_authenticator_config(config_id) == {}
    with refused(404, {"error": "Could not find authenticator config"}):
        kc.get_authenticator_config(config_id)

    assert kc.delete_authentication_flow_execution(cookie["id"]) == {}
    with refused(404, {"error": "Illegal execution"}):
        kc.delete_authentication_flow_execution(cookie["id"])
    assert "auth-cookie" in {one["id"] for one in kc.get_authenticator_providers()}
    described = kc.get_authenticator_provider_config_description("identity-provider-redirector")
    assert names(described["properties"]) == ["defaultProvider"]


def test_required_actions(kc):
    assert {"UPDATE_PASSWORD", "VERIFY_EMAIL"} <= {action["alias"] for action in kc.get_required_actions()}
    alias = "TERMS_AND_CONDITIONS"
    terms = kc.get_required_action_by_alias(alias)
    assert (terms["enabled"], terms["defaultAction"]) == (False, False)
    assert kc.update_required_action(alias, terms | {"enabled": True, "defaultAction": True}) == {}
    assert kc.get_required_action_by_alias(alias)["enabled"] is True
    assert kc.get_required_action_by_alias("NOTHING") is None
    assert kc.get_user(kc.create_user({"username": "anna"}))["requiredActions"] == [alias]


def test_components(kc):
    parent = kc.get_realm(kc.realm)["id"]
    kind = "org.keycloak.keys.KeyProvider"
    config = {"priority": ["200"], "enabled": ["true"], "active": ["true"], "ecdsaEllipticCurveKey": ["P-256"]}
    key = {
        "name": "our key",
        "providerId": "ecdsa-generated",
        "providerType": kind,
        "parentId": parent,
        "config": config,
    }
    # Keyward's realms have a key of this algorithm from the start, which signs again at the end.
    before = kc.get_keys()["active"].get("ES256")
    assert (before is None) is IS_KEYCLOAK
    component = kc.create_component(key)
    assert kc.get_component(component) == key | {"id": component}
    assert "our key" in names(kc.get_components({"type": kind, "parent": parent}))
    assert len(kc.get_components()) > len(kc.get_components({"type": kind}))
    assert kc.get_keys()["active"]["ES256"] != before
    aside = key | {"config": config | {"active": ["false"]}}
    assert kc.update_component(component, aside) == {}
    assert kc.get_keys()["active"].get("ES256") == before
    assert kc.delete_component(component) == {}
    for call in (kc.get_component, kc.delete_component, lambda gone: kc.update_component(gone, aside)):
        with refused(404, {"error": "Could not find component"}):
            call(component)
    with refused(400, {"error": "Invalid provider type or no such provider"}):
        kc.create_component(key | {"providerId": "nothing"})


def test_identity_providers(kc):
    assert kc.create_idp(PROVIDER) == b""
    with refused(409, {"errorMessage": "Identity Provider elsewhere already exists"}):
        kc.create_idp(PROVIDER)
    assert [one["alias"] for one in kc.get_idps()] == ["elsewhere"]
    found = kc.get_idp("elsewhere")
    assert found["config"] == PROVIDER["config"] | {"clientSecret": "**********"}
    assert kc.update_idp("elsewhere", found | {"displayName": "There"}) == {}
    assert kc.get_idp("elsewhere")["displayName"] == "There"

    mapper = {
        "name": "colour",
        "identityProviderAlias": "elsewhere",
        "identityProviderMapper": "hardcoded-attribute-idp-mapper",
        "config": {"syncMode": "INHERIT", "attribute": "colour", "attribute.value": "blue"},
    }
    assert kc.add_mapper_to_idp("elsewhere", mapper) == b""
    [made] = kc.get_idp_mappers("elsewhere")
    assert made == mapper | {"id": made["id"]}
    assert kc.update_mapper_in_idp("elsewhere", made["id"], made | {"name": "paint"}) == {}
    assert names(kc.get_idp_mappers("elsewhere")) == ["paint"]

    assert kc.delete_idp("elsewhere") == {}
    for call in (kc.get_idp, kc.delete_idp, lambda alias: kc.update_idp(alias, found)):
        with refused(404, {"error": "HTTP 404 Not Found"}):
            call("elsewhere")


@pytest.fixture
def organized(kc):
    kc.update_realm(kc.realm, {"organizationsEnabled": True})
    return kc


ACME = {
    "name": "acme",
    "alias": "acme",
    "description": "makes all",
    "domains": [{"name": "acme.example", "verified": False}],
}


def test_organizations(organized):
    kc = organized
    organization = kc.create_organization(ACME)
    assert kc.get_organization(organization) == ACME | {"id": organization, "enabled": True, "attributes": {}}
    kc.create_organization({"name": "beta", "domains": [{"name": "beta.example"}]})
    assert names(kc.get_organizations()) == ["acme", "beta"]
    assert names(kc.get_organizations({"search": "acme"})) == ["acme"]
    assert len(kc.get_organizations({"first": 0, "max": 1})) == 1
    with refused(409, {"errorMessage": "A organization with the same name already exists."}):
        kc.create_organization(ACME)
    assert kc.update_organization(organization, ACME | {"description": "makes some"}) == {}
    assert kc.get_organization(organization)["description"] == "makes some"
    assert kc.delete_organization(organization) == {}
    for call in (kc.get_organization, kc.delete_organization, lambda gone: kc.update_organization(gone, ACME)):
        with refused(404, {"errorMessage": "Organization not found."}):
            call(organization)


def test_organization_members_and_providers(organized):
    kc = organized
    organization, anna = kc.create_organization(ACME), kc.person("anna")
    assert kc.get_organization_members(organization) == []
    assert kc.organization_user_add(anna, organization) == b""
    assert usernames(kc.get_organization_members(organization)) == ["anna"]
    assert kc.get_organization_members(organization, {"first": 1, "max": 1}) == []
    assert kc.get_organization_members_count(organization) == 1
    assert names(kc.get_user_organizations(anna)) == ["acme"]
    with refused(409, {"errorMessage": "User is already a member of the organization."}):
        kc.organization_user_add(anna, organization)
    assert kc.organization_user_remove(anna, organization) == {}
    assert kc.get_user_organizations(anna) == []

    kc.create_idp(PROVIDER)
    assert kc.organization_idp_add(organization, "elsewhere") == {}
    assert [one["alias"] for one in kc.get_organization_idps(organization)] == ["elsewhere"]
    assert kc.organization_idp_remove(organization, "elsewhere") == {}
    assert kc.get_organization_idps(organization) == []
    with refused(400, {"errorMessage": "Identity provider not found with the given alias"}):
        kc.organization_idp_add(organization, "nothing")
