"""What Keyward does not offer: each method of it answers a clear 501."""

import pytest
from keycloak.exceptions import KeycloakError

from admin import IS_KEYCLOAK

#: Fine-grained admin permissions: Keycloak too answers 501, as it is set up from the start.
PERMISSIONS = {
    "get_client_management_permissions": ("client",),
    "update_client_management_permissions": ({"enabled": True}, "client"),
    "group_set_permissions": ("group",),
}

#: Authorization services (UMA) of clients.
AUTHORIZATION = {
    "create_client_authz_client_policy": ({}, "client"),
    "create_client_authz_policy": ("client", {}),
    "create_client_authz_resource": ("client", {}),
    "create_client_authz_resource_based_permission": ("client", {}),
    "create_client_authz_role_based_policy": ("client", {}),
    "create_client_authz_scope_permission": ({}, "client"),
    "create_client_authz_scopes": ("client", {}),
    "delete_client_authz_policy": ("client", "any"),
    "delete_client_authz_resource": ("client", "any"),
    "get_client_authz_client_policies": ("client",),
    "get_client_authz_permission_associated_policies": ("client", "any"),
    "get_client_authz_permissions": ("client",),
    "get_client_authz_policies": ("client",),
    "get_client_authz_policy": ("client", "any"),
    "get_client_authz_policy_resources": ("client", "any"),
    "get_client_authz_policy_scopes": ("client", "any"),
    "get_client_authz_resource": ("client", "any"),
    "get_client_authz_resources": ("client",),
    "get_client_authz_scope_permission": ("client", "any"),
    "get_client_authz_scopes": ("client",),
    "get_client_authz_settings": ("client",),
    "import_client_authz_config": ("client", {}),
    "update_client_authz_resource": ("client", "any", {}),
    "update_client_authz_resource_permission": ({}, "client", "any"),
    "update_client_authz_scope_permission": ({}, "client", "any"),
}

LDAP = {"sync_users": ("any", "triggerFullSync")}

NOT_OFFERED = PERMISSIONS | AUTHORIZATION | LDAP


@pytest.mark.parametrize("family", [PERMISSIONS, AUTHORIZATION, LDAP], ids=["permissions", "authorization", "ldap"])
def test_not_offered(kc, family):
    ids = {"client": kc.create_client({"clientId": "app"}), "group": kc.create_group({"name": "staff"})}
    for method, arguments in family.items():
        found = [ids.get(one, one) if isinstance(one, str) else one for one in arguments]
        with pytest.raises(KeycloakError) as error:
            getattr(kc, method)(*found)
        if family is PERMISSIONS or not IS_KEYCLOAK:
            assert error.value.response_code == 501, method
