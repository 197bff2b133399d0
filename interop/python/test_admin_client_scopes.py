"""Client scopes: representations, mappers, scope mappings, those of new clients."""

from admin import names, refused
from test_admin_clients import MAPPER

NO_SCOPE = {"error": "Could not find client scope"}

SCOPE = {
    "name": "orders",
    "description": "what was ordered",
    "protocol": "openid-connect",
    "attributes": {"include.in.token.scope": "true", "display.on.consent.screen": "false"},
}


def test_create_read_update_delete(kc):
    scope_id = kc.create_client_scope(SCOPE)
    assert kc.create_client_scope(SCOPE, skip_exists=True) == scope_id
    with refused(409, {"errorMessage": "Client Scope orders already exists"}):
        kc.create_client_scope(SCOPE)
    assert kc.get_client_scope(scope_id) == SCOPE | {"id": scope_id}
    assert kc.get_client_scope_by_name("orders")["id"] == scope_id
    assert kc.get_client_scope_by_name("nothing") is None
    built_in = {"acr", "address", "basic", "email", "offline_access", "phone", "profile", "roles", "web-origins"}
    assert built_in <= set(names(kc.get_client_scopes()))

    assert kc.update_client_scope(scope_id, SCOPE | {"description": "new"}) == {}
    assert kc.get_client_scope(scope_id)["description"] == "new"
    assert kc.delete_client_scope(scope_id) == {}
    with refused(404, NO_SCOPE):
        kc.get_client_scope(scope_id)
    with refused(404, NO_SCOPE):
        kc.update_client_scope(scope_id, SCOPE)
    with refused(404, NO_SCOPE):
        kc.delete_client_scope(scope_id)


def test_of_new_clients(kc):
    scope_id = kc.create_client_scope(SCOPE)
    assert kc.add_default_default_client_scope(scope_id) == {}
    assert "orders" in names(kc.get_default_default_client_scopes())
    assert "orders" in kc.get_client(kc.create_client({"clientId": "first"}))["defaultClientScopes"]
    assert kc.delete_default_default_client_scope(scope_id) == {}
    assert "orders" not in names(kc.get_default_default_client_scopes())

    assert kc.add_default_optional_client_scope(scope_id) == {}
    assert "orders" in names(kc.get_default_optional_client_scopes())
    assert "orders" in kc.get_client(kc.create_client({"clientId": "second"}))["optionalClientScopes"]
    assert kc.delete_default_optional_client_scope(scope_id) == {}
    assert "orders" not in names(kc.get_default_optional_client_scopes())
    with refused(404, {"error": "Client scope not found"}):
        kc.add_default_default_client_scope("nowhere")


def test_mappers(kc):
    scope_id = kc.create_client_scope(SCOPE)
    kc.add_default_default_client_scope(scope_id)
    kc.password_client()
    kc.person("anna")
    assert kc.add_mapper_to_client_scope(scope_id, MAPPER) == b""
    [mapper] = kc.get_mappers_from_client_scope(scope_id)
    assert mapper == MAPPER | {"id": mapper["id"], "consentRequired": False}
    assert kc.claims("anna")["colour"] == "blue"
    with refused(404, {"error": "ProtocolMapper provider not found"}):
        kc.add_mapper_to_client_scope(scope_id, MAPPER | {"name": "other", "protocolMapper": "nothing"})
    mapper["config"]["claim.value"] = "red"
    assert kc.update_mapper_in_client_scope(scope_id, mapper["id"], mapper) == {}
    assert kc.claims("anna")["colour"] == "red"
    assert kc.delete_mapper_from_client_scope(scope_id, mapper["id"]) == {}
    assert kc.get_mappers_from_client_scope(scope_id) == []
    with refused(404, {"error": "Model not found"}):
        kc.delete_mapper_from_client_scope(scope_id, mapper["id"])


def test_scope_mappings(kc):
    scope_id = kc.create_client_scope(SCOPE)
    kc.add_default_default_client_scope(scope_id)
    kc.password_client(fullScopeAllowed=False)
    shop = kc.password_client("shop")
    read, anna = kc.client_role(shop, "read"), kc.person("anna")
    kc.assign_client_role(anna, shop, read)
    assert kc.get_all_roles_of_client_scope(scope_id) == {}
    assert "resource_access" not in kc.claims("anna")
    assert kc.add_client_specific_roles_to_client_scope(scope_id, shop, read) == {}
    assert names(kc.get_client_specific_roles_of_client_scope(scope_id, shop)) == ["read"]
    assert names(kc.get_all_roles_of_client_scope(scope_id)["clientMappings"]["shop"]["mappings"]) == ["read"]
    claims = kc.claims("anna")
    assert claims["resource_access"] == {"shop": {"roles": ["read"]}} and claims["aud"] == "shop"
    assert kc.remove_client_specific_roles_of_client_scope(scope_id, shop, read) == {}
    assert kc.get_client_specific_roles_of_client_scope(scope_id, shop) == []
