"""Roles of the realm and of clients: by name, by id, composites, who has them."""

from admin import names, refused, usernames

NO_ROLE = {"error": "Could not find role"}

NO_ROLE_WITH_ID = {"error": "Could not find role with id"}


def test_realm_roles(kc):
    assert kc.create_realm_role({"name": "clerk", "description": "sells"}) == "clerk"
    assert kc.create_realm_role({"name": "clerk"}, skip_exists=True) == "clerk"
    with refused(409, {"errorMessage": "Role with name clerk already exists"}):
        kc.create_realm_role({"name": "clerk"})
    clerk = kc.get_realm_role("clerk")
    assert (clerk["description"], clerk["composite"], clerk["clientRole"]) == ("sells", False, False)
    assert kc.get_realm_role_by_id(clerk["id"]) == clerk

    built_in = [f"default-roles-{kc.realm}", "offline_access", "uma_authorization"]
    assert names(kc.get_realm_roles()) == sorted(["clerk", *built_in])
    assert names(kc.get_realm_roles(search_text="cle")) == ["clerk"]
    assert len(kc.get_realm_roles(query={"first": 1, "max": 2})) == 2
    assert "attributes" not in kc.get_realm_roles(search_text="clerk")[0]
    assert "attributes" in kc.get_realm_roles(search_text="clerk", brief_representation=False)[0]

    assert kc.update_realm_role("clerk", {"name": "seller", "attributes": {"a": ["b"]}}) == {}
    assert kc.get_realm_role("seller")["attributes"] == {"a": ["b"]}
    assert kc.delete_realm_role("seller") == {}
    with refused(404, NO_ROLE):
        kc.get_realm_role("seller")
    with refused(404, NO_ROLE):
        kc.update_realm_role("seller", {"name": "x"})
    with refused(404, NO_ROLE):
        kc.delete_realm_role("seller")


def test_roles_by_id(kc):
    shop = kc.password_client("shop")
    for role in (kc.role("clerk"), kc.client_role(shop, "read")):
        assert kc.get_role_by_id(role["id"]) == role
        assert kc.update_role_by_id(role["id"], {"name": role["name"], "description": "new"}) == {}
        assert kc.get_role_by_id(role["id"])["description"] == "new"
        assert kc.delete_role_by_id(role["id"]) == {}
        with refused(404, NO_ROLE_WITH_ID):
            kc.get_role_by_id(role["id"])
        with refused(404, NO_ROLE_WITH_ID):
            kc.update_role_by_id(role["id"], {"name": "x"})
        with refused(404, NO_ROLE_WITH_ID):
            kc.delete_role_by_id(role["id"])


def test_composites(kc):
    shop = kc.password_client("shop")
    read, clerk, manager = kc.client_role(shop, "read"), kc.role("clerk"), kc.role("manager")
    assert kc.add_composite_realm_roles_to_role("manager", [clerk, read]) == {}
    assert names(kc.get_composite_realm_roles_of_role("manager")) == ["clerk", "read"]
    assert names(kc.get_role_composites_by_id(manager["id"])) == ["clerk", "read"]
    assert len(kc.get_role_composites_by_id(manager["id"], {"first": 0, "max": 1})) == 1
    assert names(kc.get_role_client_level_children(shop, manager["id"])) == ["read"]
    assert kc.get_realm_role("manager")["composite"] is True
    assert kc.remove_composite_realm_roles_to_role("manager", [clerk, read]) == {}
    assert kc.get_composite_realm_roles_of_role("manager") == []
    assert kc.get_realm_role("manager")["composite"] is False

    kc.client_role(shop, "all")
    assert kc.add_composite_client_roles_to_role(shop, "all", read) == {}
    assert names(kc.get_composite_client_roles_of_role(shop, "all")) == ["read"]
    assert kc.remove_composite_client_roles_from_role(shop, "all", read) == {}
    assert kc.get_composite_client_roles_of_role(shop, "all") == []


def test_client_roles(kc):
    shop = kc.password_client("shop")
    assert kc.create_client_role(shop, {"name": "read", "description": "looks"}) == "read"
    assert kc.create_client_role(shop, {"name": "read"}, skip_exists=True) == "read"
    with refused(409, {"errorMessage": "Role with name read already exists"}):
        kc.create_client_role(shop, {"name": "read"})
    read = kc.get_client_role(shop, "read")
    assert (read["clientRole"], read["containerId"], read["description"]) == (True, shop, "looks")
    assert kc.get_client_role_id(shop, "read") == read["id"]
    assert names(kc.get_client_roles(shop)) == ["read"]
    assert kc.get_client_roles(shop, brief_representation=False) == [read]
    assert kc.update_client_role(shop, "read", {"name": "look"}) == {}
    assert names(kc.get_client_roles(shop)) == ["look"]
    assert kc.delete_client_role(shop, "look") == {}
    with refused(404, NO_ROLE):
        kc.get_client_role(shop, "look")
    with refused(404, NO_ROLE):
        kc.update_client_role(shop, "look", {"name": "x"})
    with refused(404, NO_ROLE):
        kc.delete_client_role(shop, "look")


def test_who_has_a_role(kc):
    shop = kc.password_client("shop")
    clerk, read = kc.role("clerk"), kc.client_role(shop, "read")
    anna, staff = kc.person("anna"), kc.create_group({"name": "staff"})
    kc.person("bert")
    kc.assign_realm_roles(anna, clerk)
    kc.assign_client_role(anna, shop, read)
    kc.assign_group_realm_roles(staff, clerk)
    kc.assign_group_client_roles(staff, shop, read)
    assert usernames(kc.get_realm_role_members("clerk")) == ["anna"]
    assert usernames(kc.get_client_role_members(shop, "read")) == ["anna"]
    assert names(kc.get_realm_role_groups("clerk")) == ["staff"]
    assert names(kc.get_realm_role_groups("clerk", {"first": 0, "max": 5}, brief_representation=False)) == ["staff"]
    assert names(kc.get_client_role_groups(shop, "read")) == ["staff"]
    with refused(404, NO_ROLE):
        kc.get_realm_role_members("nothing")
