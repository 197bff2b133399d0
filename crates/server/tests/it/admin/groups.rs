//! Groups, their hierarchy and their members.

use serde_json::{Value, json};

use super::support::Admin;

const JOIN: &str = "PUT /admin/realms/{realm}/users/{user}/groups/{group}";

/// What the administrator may do with every group.
fn access() -> Value {
    json!({ "view": true, "viewMembers": true, "manageMembers": true, "manage": true, "manageMembership": true })
}

async fn group(admin: &Admin, realm: &str, body: Value) -> String {
    let in_realm = [("realm", realm)];
    admin
        .send("POST /admin/realms/{realm}/groups", &in_realm, Some(body))
        .await
        .created()
}

async fn child(admin: &Admin, realm: &str, parent: &str, name: &str) -> String {
    let of = [("realm", realm), ("group", parent)];
    let body = Some(json!({ "name": name }));
    let made = admin
        .send("POST /admin/realms/{realm}/groups/{group}/children", &of, body)
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn user(admin: &Admin, realm: &str, name: &str) -> String {
    let body = Some(json!({ "username": name, "enabled": true }));
    admin
        .send("POST /admin/realms/{realm}/users", &[("realm", realm)], body)
        .await
        .created()
}

#[tokio::test]
async fn a_group_is_made_seen_changed_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "name": "staff", "description": "Works here", "attributes": { "shift": ["early"] } });
    let id = group(&admin, &realm, body.clone()).await;
    let in_realm = [("realm", realm.as_str())];
    let again = admin
        .send("POST /admin/realms/{realm}/groups", &in_realm, Some(body))
        .await;
    again.assert(
        409,
        &json!({ "errorMessage": "Top level group named 'staff' already exists." }),
    );
    let nameless = admin
        .send("POST /admin/realms/{realm}/groups", &in_realm, Some(json!({})))
        .await;
    nameless.assert(400, &json!({ "errorMessage": "Group name is missing" }));

    let one = [("realm", realm.as_str()), ("group", id.as_str())];
    let seen = admin.send("GET /admin/realms/{realm}/groups/{group}", &one, None).await;
    let whole = json!({
        "id": id, "name": "staff", "description": "Works here", "path": "/staff", "subGroupCount": 0, "subGroups": [],
        "attributes": { "shift": ["early"] }, "realmRoles": [], "clientRoles": {}, "access": access()
    });
    seen.assert(200, &whole);
    let listed = admin.send("GET /admin/realms/{realm}/groups", &in_realm, None).await;
    let brief = json!({
        "id": id, "name": "staff", "description": "Works here", "path": "/staff", "subGroupCount": 0, "subGroups": [],
        "access": access()
    });
    listed.assert(200, &json!([brief]));

    let change = Some(json!({ "name": "team" }));
    let changed = admin
        .send("PUT /admin/realms/{realm}/groups/{group}", &one, change)
        .await;
    changed.assert_done();
    let seen = admin.send("GET /admin/realms/{realm}/groups/{group}", &one, None).await;
    assert_eq!(
        (
            &seen.body["path"],
            &seen.body["attributes"],
            seen.body.get("description")
        ),
        (&json!("/team"), &json!({ "shift": ["early"] }), None)
    );
    admin
        .send("DELETE /admin/realms/{realm}/groups/{group}", &one, None)
        .await
        .assert_done();
    let gone = admin.send("GET /admin/realms/{realm}/groups/{group}", &one, None).await;
    gone.assert(404, &json!({ "error": "Could not find group by id" }));
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one step after another, each on what the ones before left"
)]
async fn groups_lie_below_groups() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let staff = group(&admin, &realm, json!({ "name": "staff" })).await;
    let customers = group(&admin, &realm, json!({ "name": "customers" })).await;
    let support = child(&admin, &realm, &staff, "support").await;
    let night = child(&admin, &realm, &support, "night").await;
    let of = [("realm", realm.as_str()), ("group", staff.as_str())];
    let made = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/children",
            &of,
            Some(json!({ "name": "warehouse" })),
        )
        .await;
    let id = made.body["id"].clone();
    made.assert(
        201,
        &json!({
            "id": id, "name": "warehouse", "path": "/staff/warehouse", "parentId": staff, "subGroups": [],
            "attributes": {}, "realmRoles": [], "clientRoles": {}, "access": access()
        }),
    );
    let place = format!("/admin/realms/{realm}/groups/{}", id.as_str().unwrap());
    assert!(made.header("location").unwrap().ends_with(&place));
    let again = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/children",
            &of,
            Some(json!({ "name": "support" })),
        )
        .await;
    again.assert(
        409,
        &json!({ "errorMessage": "Sibling group named 'support' already exists." }),
    );

    let below = admin
        .send("GET /admin/realms/{realm}/groups/{group}/children", &of, None)
        .await;
    let names: Vec<_> = below
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["name"].clone())
        .collect();
    assert_eq!(
        (names, &below.body[0]["subGroupCount"]),
        (vec![json!("support"), json!("warehouse")], &json!(1))
    );

    // What is found stands below what is above it.
    let search = [("realm", realm.as_str()), ("search", "night")];
    let found = admin.send("GET /admin/realms/{realm}/groups", &search, None).await;
    assert_eq!(found.body[0]["subGroups"][0]["subGroups"][0]["id"], json!(night));
    let flat = [
        ("realm", realm.as_str()),
        ("search", "night"),
        ("populateHierarchy", "false"),
    ];
    let found = admin.send("GET /admin/realms/{realm}/groups", &flat, None).await;
    assert_eq!(found.body[0]["id"], json!(night));

    let in_realm = [("realm", realm.as_str())];
    let count = admin
        .send("GET /admin/realms/{realm}/groups/count", &in_realm, None)
        .await;
    count.assert(200, &json!({ "count": 5 }));
    let top = [("realm", realm.as_str()), ("top", "true")];
    let count = admin.send("GET /admin/realms/{realm}/groups/count", &top, None).await;
    count.assert(200, &json!({ "count": 2 }));

    let path = [("realm", realm.as_str()), ("path", "staff/support/night")];
    let found = admin
        .send("GET /admin/realms/{realm}/group-by-path/{*path}", &path, None)
        .await;
    assert_eq!((found.status, &found.body["id"]), (200, &json!(night)));
    let path = [("realm", realm.as_str()), ("path", "staff/nobody")];
    let found = admin
        .send("GET /admin/realms/{realm}/group-by-path/{*path}", &path, None)
        .await;
    found.assert(404, &json!({ "error": "Group path does not exist" }));

    // Moved below another, to the top, and never below itself.
    let move_there = |to: &str, id: &str| ([("realm", realm.clone()), ("group", to.to_owned())], id.to_owned());
    let (to, id) = move_there(&customers, &support);
    let to = to.each_ref().map(|(name, value)| (*name, value.as_str()));
    let moved = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/children",
            &to,
            Some(json!({ "id": id, "name": "support" })),
        )
        .await;
    moved.assert_done();
    let one = [("realm", realm.as_str()), ("group", night.as_str())];
    let seen = admin.send("GET /admin/realms/{realm}/groups/{group}", &one, None).await;
    assert_eq!(seen.body["path"], json!("/customers/support/night"));
    let circle = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/children",
            &one,
            Some(json!({ "id": customers, "name": "customers" })),
        )
        .await;
    assert_eq!(circle.status, 400, "{circle:?}");
    let top = admin
        .send(
            "POST /admin/realms/{realm}/groups",
            &in_realm,
            Some(json!({ "id": night, "name": "night" })),
        )
        .await;
    top.assert_done();
    let seen = admin.send("GET /admin/realms/{realm}/groups/{group}", &one, None).await;
    assert_eq!(seen.body["path"], json!("/night"));

    // All below goes with it.
    let one = [("realm", realm.as_str()), ("group", customers.as_str())];
    admin
        .send("DELETE /admin/realms/{realm}/groups/{group}", &one, None)
        .await
        .assert_done();
    let gone = [("realm", realm.as_str()), ("group", support.as_str())];
    let gone = admin
        .send("GET /admin/realms/{realm}/groups/{group}", &gone, None)
        .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn users_join_and_leave() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let staff = group(&admin, &realm, json!({ "name": "staff" })).await;
    let alice = user(&admin, &realm, "alice").await;
    let membership = [
        ("realm", realm.as_str()),
        ("user", alice.as_str()),
        ("group", staff.as_str()),
    ];
    for _ in 0..2 {
        admin.send(JOIN, &membership, None).await.assert_done();
    }
    let of = [("realm", realm.as_str()), ("user", alice.as_str())];
    let groups = admin
        .send("GET /admin/realms/{realm}/users/{user}/groups", &of, None)
        .await;
    groups.assert(
        200,
        &json!([{ "id": staff, "name": "staff", "path": "/staff", "subGroups": [] }]),
    );
    let count = admin
        .send("GET /admin/realms/{realm}/users/{user}/groups/count", &of, None)
        .await;
    count.assert(200, &json!({ "count": 1 }));
    let one = [("realm", realm.as_str()), ("group", staff.as_str())];
    let members = admin
        .send("GET /admin/realms/{realm}/groups/{group}/members", &one, None)
        .await;
    assert_eq!((members.status, &members.body[0]["id"]), (200, &json!(alice)));
    for _ in 0..2 {
        let left = admin
            .send(
                "DELETE /admin/realms/{realm}/users/{user}/groups/{group}",
                &membership,
                None,
            )
            .await;
        left.assert_done();
    }
    let members = admin
        .send("GET /admin/realms/{realm}/groups/{group}/members", &one, None)
        .await;
    members.assert(200, &json!([]));
    let nowhere = [membership[0], membership[1], ("group", alice.as_str())];
    let missing = admin.send(JOIN, &nowhere, None).await;
    missing.assert(404, &json!({ "error": "Group not found" }));
    let nobody = [membership[0], ("user", staff.as_str()), membership[2]];
    let missing = admin.send(JOIN, &nobody, None).await;
    missing.assert(404, &json!({ "error": "User not found" }));
}

/// A group of another realm is nothing here, in the path and in the body.
#[tokio::test]
async fn groups_of_another_realm_are_not_found() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let here = group(&admin, &realm, json!({ "name": "here" })).await;
    let there = group(&admin, &other, json!({ "name": "there" })).await;
    let foreign = [("realm", realm.as_str()), ("group", there.as_str())];
    for (route, body) in [
        ("GET /admin/realms/{realm}/groups/{group}", None),
        (
            "PUT /admin/realms/{realm}/groups/{group}",
            Some(json!({ "name": "mine" })),
        ),
        ("DELETE /admin/realms/{realm}/groups/{group}", None),
        ("GET /admin/realms/{realm}/groups/{group}/members", None),
    ] {
        let reply = admin.send(route, &foreign, body).await;
        reply.assert(404, &json!({ "error": "Could not find group by id" }));
    }
    let of = [("realm", realm.as_str()), ("group", here.as_str())];
    let taken = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/children",
            &of,
            Some(json!({ "id": there, "name": "there" })),
        )
        .await;
    taken.assert(404, &json!({ "error": "Could not find child by id" }));
}

/// A `manage-users` administrator joins a group whose role is more than they have.
#[tokio::test]
async fn a_group_with_an_admin_role_is_joined_only_through_who_holds_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let above = group(&admin, &realm, json!({ "name": "admins" })).await;
    let below = child(&admin, &realm, &above, "juniors").await;
    let list = [("realm", realm.as_str()), ("clientId", "realm-management")];
    let client = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    let client = client.body[0]["id"].as_str().unwrap();
    let role = [("realm", realm.as_str()), ("client", client), ("role", "realm-admin")];
    let role = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles/{role}", &role, None)
        .await
        .body;
    let of = [
        ("realm", realm.as_str()),
        ("group", above.as_str()),
        ("container", client),
    ];
    let given = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}",
            &of,
            Some(json!([role])),
        )
        .await;
    given.assert_done();
    let some = admin.as_user(&realm, &["manage-users"]).await;
    let me = some.user.unwrap().to_string();
    for group in [&above, &below] {
        let membership = [
            ("realm", realm.as_str()),
            ("user", me.as_str()),
            ("group", group.as_str()),
        ];
        let refused = some
            .send(
                "PUT /admin/realms/{realm}/users/{user}/groups/{group}",
                &membership,
                None,
            )
            .await;
        refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
    }
}

/// What the user profile hides stays hidden, whatever list a user stands in.
#[tokio::test]
async fn members_are_shown_as_the_user_profile_allows() {
    let admin = Admin::start().await;
    let file = json!({
        "realm": "profiled",
        "groups": [{ "name": "staff" }],
        "users": [{ "username": "zoe", "groups": ["/staff"], "attributes": { "salary": ["7"] } }],
    });
    let reply = admin.send("POST /admin/realms", &[], Some(file)).await;
    assert_eq!(reply.created(), "profiled");
    let its = ("realm", "profiled");
    let mut listed = admin.send("GET /admin/realms/{realm}/users", &[its], None).await.body;
    let groups = admin.send("GET /admin/realms/{realm}/groups", &[its], None).await.body;
    let group = ("group", groups[0]["id"].as_str().unwrap());
    let members = admin
        .send("GET /admin/realms/{realm}/groups/{group}/members", &[its, group], None)
        .await
        .body;
    assert!(!members.to_string().contains("salary"), "{members}");
    listed[0].as_object_mut().unwrap().remove("access");
    assert_eq!(members, listed);
}
