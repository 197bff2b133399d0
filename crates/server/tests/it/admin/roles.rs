//! Roles of the realm and of its clients.

use serde_json::{Value, json};

use super::support::{Admin, Reply};

mod holders;

const COMPOSITES: &str = "GET /admin/realms/{realm}/clients/{client}/roles/{role}/composites";

/// A client's row.
async fn client(admin: &Admin, realm: &str, client_id: &str) -> String {
    let list = [("realm", realm), ("clientId", client_id)];
    let found = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    found.body[0]["id"].as_str().unwrap().to_owned()
}

async fn role(admin: &Admin, realm: &str, name: &str) -> Value {
    let path = [("realm", realm), ("role", name)];
    let reply = admin.send("GET /admin/realms/{realm}/roles/{role}", &path, None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

fn error(reply: &Reply) -> (u16, &Value) {
    (reply.status, &reply.body)
}

fn names(reply: &Reply) -> Vec<&str> {
    let list = reply.body.as_array().unwrap();
    list.iter().map(|role| role["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_realm_role_is_made_seen_changed_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let body =
        json!({ "name": "clerk ä/1", "description": "Handles orders", "attributes": { "region": ["north", "south"] } });
    let made = admin
        .send("POST /admin/realms/{realm}/roles", &in_realm, Some(body.clone()))
        .await;
    assert_eq!((made.status, made.text.as_str()), (201, ""));
    let location = made.header("location").unwrap();
    assert!(
        location.ends_with(&format!("/admin/realms/{realm}/roles/clerk%20%C3%A4%2F1")),
        "{location}"
    );

    let again = admin
        .send("POST /admin/realms/{realm}/roles", &in_realm, Some(body))
        .await;
    let taken = json!({ "errorMessage": "Role with name clerk ä/1 already exists" });
    assert_eq!(error(&again), (409, &taken));

    let one = [("realm", realm.as_str()), ("role", "clerk ä/1")];
    let seen = admin.send("GET /admin/realms/{realm}/roles/{role}", &one, None).await;
    let mut expected = json!({
        "name": "clerk ä/1", "description": "Handles orders", "composite": false, "clientRole": false,
        "attributes": { "region": ["north", "south"] }
    });
    expected["id"] = seen.body["id"].clone();
    expected["containerId"] = seen.body["containerId"].clone();
    assert_eq!(error(&seen), (200, &expected));

    // A list is brief.
    let listed = [("realm", realm.as_str()), ("search", "CLERK")];
    let listed = admin.send("GET /admin/realms/{realm}/roles", &listed, None).await;
    expected.as_object_mut().unwrap().remove("attributes");
    assert_eq!(error(&listed), (200, &json!([expected])));

    let change = json!({ "name": "seller", "attributes": {} });
    let changed = admin
        .send("PUT /admin/realms/{realm}/roles/{role}", &one, Some(change))
        .await;
    assert_eq!((changed.status, changed.text.as_str()), (204, ""));
    let gone = admin.send("GET /admin/realms/{realm}/roles/{role}", &one, None).await;
    assert_eq!(error(&gone), (404, &json!({ "error": "Could not find role" })));
    assert_eq!(role(&admin, &realm, "seller").await["id"], seen.body["id"]);

    let one = [("realm", realm.as_str()), ("role", "seller")];
    let removed = admin
        .send("DELETE /admin/realms/{realm}/roles/{role}", &one, None)
        .await;
    assert_eq!((removed.status, removed.text.as_str()), (204, ""));
    let gone = admin
        .send("DELETE /admin/realms/{realm}/roles/{role}", &one, None)
        .await;
    assert_eq!(error(&gone), (404, &json!({ "error": "Could not find role" })));
}

#[tokio::test]
async fn roles_without_a_name_and_the_default_role_are_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    for body in [json!({}), json!({ "name": "" })] {
        let reply = admin
            .send("POST /admin/realms/{realm}/roles", &in_realm, Some(body))
            .await;
        assert_eq!(error(&reply), (400, &json!({ "error": "role has no name" })));
    }
    let unknown = admin
        .send(
            "POST /admin/realms/{realm}/roles",
            &in_realm,
            Some(json!({ "name": "x", "nonsense": 1 })),
        )
        .await;
    let text = unknown.body["error"].as_str().unwrap();
    assert!(
        unknown.status == 400
            && text.starts_with(r#"Invalid json representation for RoleRepresentation. Unrecognized field "nonsense""#),
        "{unknown:?}"
    );
    let default = format!("default-roles-{realm}");
    let one = [("realm", realm.as_str()), ("role", default.as_str())];
    let refused = admin
        .send("DELETE /admin/realms/{realm}/roles/{role}", &one, None)
        .await;
    let text = format!("{default} is default role of the realm and cannot be removed.");
    assert_eq!(error(&refused), (400, &json!({ "errorMessage": text })));
}

#[tokio::test]
async fn a_client_role_lives_in_its_client() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let account = client(&admin, &realm, "account").await;
    let in_client = [("realm", realm.as_str()), ("client", account.as_str())];
    let body = json!({ "name": "reader" });
    let made = admin
        .send(
            "POST /admin/realms/{realm}/clients/{client}/roles",
            &in_client,
            Some(body),
        )
        .await;
    assert_eq!(made.status, 201);
    let one = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "reader"),
    ];
    let seen = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles/{role}", &one, None)
        .await;
    assert_eq!(
        (seen.body["clientRole"].clone(), seen.body["containerId"].clone()),
        (json!(true), json!(account))
    );
    let listed = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles", &in_client, None)
        .await;
    assert!(names(&listed).contains(&"reader") && names(&listed).contains(&"manage-account"));
    // The realm has none of this name.
    let of_realm = [("realm", realm.as_str()), ("role", "reader")];
    let missing = admin
        .send("GET /admin/realms/{realm}/roles/{role}", &of_realm, None)
        .await;
    assert_eq!(missing.status, 404);
    let changed = admin
        .send(
            "PUT /admin/realms/{realm}/clients/{client}/roles/{role}",
            &one,
            Some(json!({ "name": "reader", "description": "Reads" })),
        )
        .await;
    assert_eq!(changed.status, 204);
    let removed = admin
        .send("DELETE /admin/realms/{realm}/clients/{client}/roles/{role}", &one, None)
        .await;
    assert_eq!(removed.status, 204);
    let nobody = [("realm", realm.as_str()), ("client", "nope")];
    let missing = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles", &nobody, None)
        .await;
    assert_eq!(error(&missing), (404, &json!({ "error": "Could not find client" })));
}

#[tokio::test]
async fn composites_are_added_seen_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    for name in ["manager", "clerk"] {
        admin
            .send(
                "POST /admin/realms/{realm}/roles",
                &in_realm,
                Some(json!({ "name": name })),
            )
            .await;
    }
    let account = client(&admin, &realm, "account").await;
    let profile = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "view-profile"),
    ];
    let profile = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}",
            &profile,
            None,
        )
        .await
        .body;
    let clerk = role(&admin, &realm, "clerk").await;
    let of = [("realm", realm.as_str()), ("role", "manager")];
    let added = admin
        .send(
            "POST /admin/realms/{realm}/roles/{role}/composites",
            &of,
            Some(json!([clerk, profile])),
        )
        .await;
    assert_eq!((added.status, added.text.as_str()), (204, ""));
    assert_eq!(role(&admin, &realm, "manager").await["composite"], json!(true));
    let all = admin
        .send("GET /admin/realms/{realm}/roles/{role}/composites", &of, None)
        .await;
    assert_eq!(names(&all), ["clerk", "view-profile"]);
    let of_realm = admin
        .send("GET /admin/realms/{realm}/roles/{role}/composites/realm", &of, None)
        .await;
    assert_eq!(names(&of_realm), ["clerk"]);
    let of_client = [of[0], of[1], ("container", account.as_str())];
    let of_client = admin
        .send(
            "GET /admin/realms/{realm}/roles/{role}/composites/clients/{container}",
            &of_client,
            None,
        )
        .await;
    assert_eq!(names(&of_client), ["view-profile"]);
    let removed = admin
        .send(
            "DELETE /admin/realms/{realm}/roles/{role}/composites",
            &of,
            Some(json!([clerk])),
        )
        .await;
    assert_eq!(removed.status, 204);
    let left = admin
        .send("GET /admin/realms/{realm}/roles/{role}/composites", &of, None)
        .await;
    assert_eq!(names(&left), ["view-profile"]);
    let nobody = json!([{ "id": "7b0f3a52-6f0e-4c5e-9d1c-0a4f5f0c1d2e", "name": "clerk" }]);
    let missing = admin
        .send("POST /admin/realms/{realm}/roles/{role}/composites", &of, Some(nobody))
        .await;
    assert_eq!(
        error(&missing),
        (404, &json!({ "error": "Could not find composite role" }))
    );
}

#[tokio::test]
async fn roles_are_found_by_their_row() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let other = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    for name in ["manager", "clerk"] {
        admin
            .send(
                "POST /admin/realms/{realm}/roles",
                &in_realm,
                Some(json!({ "name": name })),
            )
            .await;
    }
    let (manager, clerk) = (
        role(&admin, &realm, "manager").await,
        role(&admin, &realm, "clerk").await,
    );
    let id = manager["id"].as_str().unwrap();
    let one = [("realm", realm.as_str()), ("role_id", id)];
    let seen = admin
        .send("GET /admin/realms/{realm}/roles-by-id/{role_id}", &one, None)
        .await;
    assert_eq!(error(&seen), (200, &manager));
    let added = admin
        .send(
            "POST /admin/realms/{realm}/roles-by-id/{role_id}/composites",
            &one,
            Some(json!([clerk])),
        )
        .await;
    assert_eq!(added.status, 204);
    let all = admin
        .send("GET /admin/realms/{realm}/roles-by-id/{role_id}/composites", &one, None)
        .await;
    assert_eq!(names(&all), ["clerk"]);
    let all = admin
        .send(
            "GET /admin/realms/{realm}/roles-by-id/{role_id}/composites/realm",
            &one,
            None,
        )
        .await;
    assert_eq!(names(&all), ["clerk"]);
    let account = client(&admin, &realm, "account").await;
    let of_client = [one[0], one[1], ("container", account.as_str())];
    let none = admin
        .send(
            "GET /admin/realms/{realm}/roles-by-id/{role_id}/composites/clients/{container}",
            &of_client,
            None,
        )
        .await;
    assert_eq!(names(&none), [""; 0]);
    let removed = admin
        .send(
            "DELETE /admin/realms/{realm}/roles-by-id/{role_id}/composites",
            &one,
            Some(json!([clerk])),
        )
        .await;
    assert_eq!(removed.status, 204);
    let changed = admin
        .send(
            "PUT /admin/realms/{realm}/roles-by-id/{role_id}",
            &one,
            Some(json!({ "name": "boss" })),
        )
        .await;
    assert_eq!(changed.status, 204);
    // The row of one realm is nothing in another.
    let foreign = [("realm", other.as_str()), ("role_id", id)];
    let missing = json!({ "error": "Could not find role with id" });
    for route in [
        "GET /admin/realms/{realm}/roles-by-id/{role_id}",
        "DELETE /admin/realms/{realm}/roles-by-id/{role_id}",
        "GET /admin/realms/{realm}/roles-by-id/{role_id}/composites",
    ] {
        assert_eq!(
            error(&admin.send(route, &foreign, None).await),
            (404, &missing),
            "{route}"
        );
    }
    let removed = admin
        .send("DELETE /admin/realms/{realm}/roles-by-id/{role_id}", &one, None)
        .await;
    assert_eq!(removed.status, 204);
}

#[tokio::test]
async fn composites_of_client_roles() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let account = client(&admin, &realm, "account").await;
    let one = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "manage-account"),
    ];
    let all = admin.send(COMPOSITES, &one, None).await;
    assert_eq!(names(&all), ["manage-account-links"]);
    let link = all.body.clone();
    let removed = admin
        .send(
            "DELETE /admin/realms/{realm}/clients/{client}/roles/{role}/composites",
            &one,
            Some(link.clone()),
        )
        .await;
    assert_eq!(removed.status, 204);
    let added = admin
        .send(
            "POST /admin/realms/{realm}/clients/{client}/roles/{role}/composites",
            &one,
            Some(link),
        )
        .await;
    assert_eq!(added.status, 204);
    let none = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}/composites/realm",
            &one,
            None,
        )
        .await;
    assert_eq!(names(&none), [""; 0]);
    let of_client = [one[0], one[1], one[2], ("container", account.as_str())];
    let own = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}/composites/clients/{container}",
            &of_client,
            None,
        )
        .await;
    assert_eq!(names(&own), ["manage-account-links"]);
}

#[tokio::test]
async fn who_was_given_a_role() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    admin
        .send(
            "POST /admin/realms/{realm}/roles",
            &in_realm,
            Some(json!({ "name": "clerk" })),
        )
        .await;
    let clerk = role(&admin, &realm, "clerk").await;
    let made = admin
        .send(
            "POST /admin/realms/{realm}/users",
            &in_realm,
            Some(json!({ "username": "alice", "enabled": true })),
        )
        .await;
    let user = made.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
    let made = admin
        .send(
            "POST /admin/realms/{realm}/groups",
            &in_realm,
            Some(json!({ "name": "staff" })),
        )
        .await;
    let group = made.header("location").unwrap().rsplit('/').next().unwrap().to_owned();
    let of_user = [("realm", realm.as_str()), ("user", user.as_str())];
    let of_group = [("realm", realm.as_str()), ("group", group.as_str())];
    for (route, of) in [
        ("POST /admin/realms/{realm}/users/{user}/role-mappings/realm", of_user),
        (
            "POST /admin/realms/{realm}/groups/{group}/role-mappings/realm",
            of_group,
        ),
    ] {
        assert_eq!(
            admin.send(route, &of, Some(json!([clerk]))).await.status,
            204,
            "{route}"
        );
    }
    let one = [("realm", realm.as_str()), ("role", "clerk")];
    let users = admin
        .send("GET /admin/realms/{realm}/roles/{role}/users", &one, None)
        .await;
    assert_eq!(
        (
            users.status,
            users.body[0]["username"].as_str(),
            users.body[1].is_null()
        ),
        (200, Some("alice"), true)
    );
    let groups = admin
        .send("GET /admin/realms/{realm}/roles/{role}/groups", &one, None)
        .await;
    assert_eq!(names(&groups), ["staff"]);
    let account = client(&admin, &realm, "account").await;
    let one = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "view-profile"),
    ];
    for route in [
        "GET /admin/realms/{realm}/clients/{client}/roles/{role}/users",
        "GET /admin/realms/{realm}/clients/{client}/roles/{role}/groups",
    ] {
        assert_eq!(
            error(&admin.send(route, &one, None).await),
            (200, &json!([])),
            "{route}"
        );
    }
}

/// A `manage-realm` administrator puts the right to everything into a role that they can give themselves.
#[tokio::test]
async fn an_admin_role_is_contained_only_by_who_holds_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let management = client(&admin, &realm, "realm-management").await;
    let everything = [
        ("realm", realm.as_str()),
        ("client", management.as_str()),
        ("role", "realm-admin"),
    ];
    let everything = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}",
            &everything,
            None,
        )
        .await
        .body;
    let some = admin
        .as_user(
            &realm,
            &["manage-realm", "manage-users", "manage-clients", "view-users"],
        )
        .await;
    let in_realm = [("realm", realm.as_str())];
    assert_eq!(
        some.send(
            "POST /admin/realms/{realm}/roles",
            &in_realm,
            Some(json!({ "name": "mine" }))
        )
        .await
        .status,
        201
    );
    let mine = [("realm", realm.as_str()), ("role", "mine")];
    let refused = some
        .send(
            "POST /admin/realms/{realm}/roles/{role}/composites",
            &mine,
            Some(json!([everything])),
        )
        .await;
    assert_eq!(error(&refused), (403, &json!({ "error": "HTTP 403 Forbidden" })));
    let by_name = json!({ "name": "mine2", "composites": { "client": { "realm-management": ["realm-admin"] } } });
    let refused = some
        .send("POST /admin/realms/{realm}/roles", &in_realm, Some(by_name))
        .await;
    assert_eq!(refused.status, 403);
    // What they hold they may put there.
    let held = [
        ("realm", realm.as_str()),
        ("client", management.as_str()),
        ("role", "view-users"),
    ];
    let held = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles/{role}", &held, None)
        .await
        .body;
    let allowed = some
        .send(
            "POST /admin/realms/{realm}/roles/{role}/composites",
            &mine,
            Some(json!([held])),
        )
        .await;
    assert_eq!(allowed.status, 204);
}
