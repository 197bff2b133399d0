"""Groups: hierarchy, members, search."""

from admin import names, refused, usernames

NO_GROUP = {"error": "Could not find group by id"}


def test_create_read_update_delete(kc):
    group_id = kc.create_group({"name": "staff", "attributes": {"floor": ["2"]}})
    found = kc.get_group(group_id)
    assert (found["name"], found["path"], found["attributes"]) == ("staff", "/staff", {"floor": ["2"]})
    assert kc.create_group({"name": "staff"}, skip_exists=True) is None
    with refused(409, {"errorMessage": "Top level group named 'staff' already exists."}):
        kc.create_group({"name": "staff"})
    assert kc.update_group(group_id, {"name": "crew"}) == {}
    assert kc.get_group_by_path("crew")["id"] == group_id
    assert kc.delete_group(group_id) == {}
    with refused(404, NO_GROUP):
        kc.get_group(group_id)
    with refused(404, NO_GROUP):
        kc.update_group(group_id, {"name": "x"})
    with refused(404, NO_GROUP):
        kc.delete_group(group_id)
    with refused(404, {"error": "Group path does not exist"}):
        kc.get_group_by_path("crew")


def test_hierarchy(kc):
    staff = kc.create_group({"name": "staff"})
    support = kc.create_group({"name": "support"}, parent=staff)
    night = kc.create_group({"name": "night"}, parent=support)
    with refused(409, {"errorMessage": "Sibling group named 'support' already exists."}):
        kc.create_group({"name": "support"}, parent=staff)
    assert names(kc.get_group_children(staff)) == ["support"]
    assert names(kc.get_group_children(staff, {"first": 0, "max": 5})) == ["support"]
    [child] = kc.get_group_children(staff, full_hierarchy=True)
    assert names(child["subGroups"]) == ["night"]
    assert kc.get_group(night)["parentId"] == support

    [tree] = kc.get_groups(full_hierarchy=True)
    assert tree["name"] == "staff" and names(tree["subGroups"]) == ["support"]
    whole = kc.get_group(staff, full_hierarchy=True)
    assert kc.get_subgroups(whole, "/staff/support/night")["id"] == night
    assert kc.get_subgroups(whole, "/staff/nothing") is None
    assert kc.get_group_by_path("staff/support/night")["id"] == night


def test_search_and_count(kc):
    for name in ("staff", "shift leaders", "guests"):
        kc.create_group({"name": name})
    assert names(kc.get_groups()) == ["guests", "shift leaders", "staff"]
    assert names(kc.get_groups({"search": "shift"})) == ["shift leaders"]
    assert len(kc.get_groups({"first": 1, "max": 1})) == 1
    assert kc.groups_count() == {"count": 3}
    assert kc.groups_count({"search": "shift"}) == {"count": 1}


def test_members(kc):
    staff = kc.create_group({"name": "staff"})
    anna, bert = kc.person("anna"), kc.person("bert")
    assert kc.group_user_add(anna, staff) == {}
    kc.group_user_add(bert, staff)
    assert usernames(kc.get_group_members(staff)) == ["anna", "bert"]
    assert len(kc.get_group_members(staff, {"first": 0, "max": 1})) == 1
    [brief] = kc.get_user_groups(anna)
    assert (brief["path"], "attributes" in brief) == ("/staff", False)
    [full] = kc.get_user_groups(anna, brief_representation=False)
    assert full["attributes"] == {}
    assert kc.get_user_groups(anna, {"first": 1, "max": 1}) == []
    assert kc.group_user_remove(anna, staff) == {}
    assert usernames(kc.get_group_members(staff)) == ["bert"]
    with refused(404, {"error": "Group not found"}):
        kc.group_user_add(anna, "nowhere")
    with refused(404, {"error": "User not found"}):
        kc.group_user_add("nobody", staff)
