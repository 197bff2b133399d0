//! The roles of users and groups, and those that clients and client scopes let into tokens.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::support::{Admin, Reply};

const TO_USER: &str = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}";
const TO_GROUP: &str = "POST /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}";
const AVAILABLE: &str = "GET /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}/available";
const TAKE: &str = "DELETE /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}";

struct Place {
    admin: Admin,
    realm: String,
    user: String,
    group: String,
    /// The row of the client `account`.
    account: String,
    scope: String,
    role: Value,
    client_role: Value,
}

async fn place() -> Place {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let user = Some(json!({ "username": "alice", "enabled": true }));
    let user = admin
        .send("POST /admin/realms/{realm}/users", &in_realm, user)
        .await
        .created();
    let group = Some(json!({ "name": "staff" }));
    let group = admin
        .send("POST /admin/realms/{realm}/groups", &in_realm, group)
        .await
        .created();
    let scope = Some(json!({ "name": "orders", "protocol": "openid-connect" }));
    let scope = admin
        .send("POST /admin/realms/{realm}/client-scopes", &in_realm, scope)
        .await
        .created();
    let role = Some(json!({ "name": "clerk" }));
    admin.send("POST /admin/realms/{realm}/roles", &in_realm, role).await;
    let one = [("realm", realm.as_str()), ("role", "clerk")];
    let role = admin
        .send("GET /admin/realms/{realm}/roles/{role}", &one, None)
        .await
        .body;
    let list = [("realm", realm.as_str()), ("clientId", "account")];
    let account = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    let account = account.body[0]["id"].as_str().unwrap().to_owned();
    let one = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "manage-account"),
    ];
    let client_role = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles/{role}", &one, None)
        .await
        .body;
    Place {
        admin,
        realm,
        user,
        group,
        account,
        scope,
        role,
        client_role,
    }
}

fn names(reply: &Reply) -> Vec<&str> {
    assert_eq!(reply.status, 200, "{reply:?}");
    let list = reply.body.as_array().unwrap();
    list.iter().map(|role| role["name"].as_str().unwrap()).collect()
}

/// The routes of one owner.
struct Routes {
    all: &'static str,
    realm: [&'static str; 5],
    client: [&'static str; 5],
}

macro_rules! routes {
    ($base:literal) => {
        Routes {
            all: concat!("GET ", $base),
            realm: [
                concat!("POST ", $base, "/realm"),
                concat!("GET ", $base, "/realm"),
                concat!("GET ", $base, "/realm/available"),
                concat!("GET ", $base, "/realm/composite"),
                concat!("DELETE ", $base, "/realm"),
            ],
            client: [
                concat!("POST ", $base, "/clients/{container}"),
                concat!("GET ", $base, "/clients/{container}"),
                concat!("GET ", $base, "/clients/{container}/available"),
                concat!("GET ", $base, "/clients/{container}/composite"),
                concat!("DELETE ", $base, "/clients/{container}"),
            ],
        }
    };
}

/// Gives, looks and takes, at one owner that has nothing but `had`.
async fn give_look_and_take(place: &Place, routes: &Routes, owner: (&str, &str)) {
    let Place {
        admin,
        realm,
        role,
        account,
        client_role,
        ..
    } = place;
    let of = [("realm", realm.as_str()), owner];
    let [post, get, available, composite, delete] = routes.realm;
    assert!(names(&admin.send(available, &of, None).await).contains(&"clerk"));
    admin.send(post, &of, Some(json!([role]))).await.assert_done();
    assert!(names(&admin.send(get, &of, None).await).contains(&"clerk"));
    assert!(names(&admin.send(composite, &of, None).await).contains(&"clerk"));
    assert!(!names(&admin.send(available, &of, None).await).contains(&"clerk"));
    // Name and row together say which role is meant.
    for wrong in [
        json!({ "name": "clerk" }),
        json!({ "id": role["id"] }),
        json!({ "id": role["id"], "name": "x" }),
    ] {
        let refused = admin.send(post, &of, Some(json!([wrong]))).await;
        refused.assert(404, &json!({ "error": "Role not found" }));
    }
    let of_client = [of[0], of[1], ("container", account.as_str())];
    let [post, get, available, composite, delete_client] = routes.client;
    admin
        .send(post, &of_client, Some(json!([client_role])))
        .await
        .assert_done();
    admin
        .send(post, &of_client, Some(json!([role])))
        .await
        .assert(404, &json!({ "error": "Role not found" }));
    assert_eq!(names(&admin.send(get, &of_client, None).await), ["manage-account"]);
    assert!(!names(&admin.send(available, &of_client, None).await).contains(&"manage-account"));
    let held = admin.send(composite, &of_client, None).await;
    assert!(names(&held).contains(&"manage-account") && names(&held).contains(&"manage-account-links"));
    let nowhere = [of[0], of[1], ("container", "7b0f3a52-6f0e-4c5e-9d1c-0a4f5f0c1d2e")];
    assert_eq!(admin.send(get, &nowhere, None).await.status, 404);

    let all = admin.send(routes.all, &of, None).await;
    let of_account = &all.body["clientMappings"]["account"];
    assert_eq!(
        (
            &of_account["client"],
            &of_account["id"],
            &of_account["mappings"][0]["name"]
        ),
        (&json!("account"), &json!(account), &json!("manage-account"))
    );
    let given = all.body["realmMappings"].as_array().unwrap();
    let mut brief = role.clone();
    brief.as_object_mut().unwrap().remove("attributes");
    assert!(given.contains(&brief), "{all:?}");

    admin
        .send(delete_client, &of_client, Some(json!([client_role])))
        .await
        .assert_done();
    assert_eq!(names(&admin.send(get, &of_client, None).await), [""; 0]);
    // Without a body, all.
    admin.send(delete, &of, None).await.assert_done();
    admin.send(routes.all, &of, None).await.assert(200, &json!({}));
}

#[tokio::test]
async fn roles_of_a_user() {
    let place = place().await;
    let routes = routes!("/admin/realms/{realm}/users/{user}/role-mappings");
    give_look_and_take(&place, &routes, ("user", &place.user)).await;
}

#[tokio::test]
async fn roles_of_a_group() {
    let place = place().await;
    let routes = routes!("/admin/realms/{realm}/groups/{group}/role-mappings");
    give_look_and_take(&place, &routes, ("group", &place.group)).await;
}

#[tokio::test]
async fn scope_mappings_of_a_client() {
    let place = place().await;
    let routes = routes!("/admin/realms/{realm}/clients/{client}/scope-mappings");
    let body = Some(json!({ "clientId": "app", "fullScopeAllowed": false }));
    let in_realm = [("realm", place.realm.as_str())];
    let client = place
        .admin
        .send("POST /admin/realms/{realm}/clients", &in_realm, body)
        .await
        .created();
    give_look_and_take(&place, &routes, ("client", &client)).await;
}

#[tokio::test]
async fn scope_mappings_of_a_client_scope() {
    let place = place().await;
    let routes = routes!("/admin/realms/{realm}/client-scopes/{scope}/scope-mappings");
    give_look_and_take(&place, &routes, ("scope", &place.scope)).await;
    let routes = routes!("/admin/realms/{realm}/client-templates/{scope}/scope-mappings");
    give_look_and_take(&place, &routes, ("scope", &place.scope)).await;
}

/// `manage-users` gives itself `realm-admin`.
#[tokio::test]
async fn an_admin_role_is_given_only_by_who_holds_it() {
    let place = place().await;
    let Place {
        admin, realm, group, ..
    } = &place;
    let list = [("realm", realm.as_str()), ("clientId", "realm-management")];
    let client = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    let client = client.body[0]["id"].as_str().unwrap();
    let role = async |name: &str| {
        let one = [("realm", realm.as_str()), ("client", client), ("role", name)];
        let role = admin.send("GET /admin/realms/{realm}/clients/{client}/roles/{role}", &one, None);
        role.await.body
    };
    let (everything, own) = (role("realm-admin").await, role("manage-users").await);
    let some = admin.as_user(realm, &["manage-users"]).await;
    let me = some.user.unwrap().to_string();
    let user = [("realm", realm.as_str()), ("user", me.as_str()), ("container", client)];
    let of_group = [
        ("realm", realm.as_str()),
        ("group", group.as_str()),
        ("container", client),
    ];
    for (route, of) in [(TO_USER, user), (TO_GROUP, of_group)] {
        let refused = some.send(route, &of, Some(json!([everything]))).await;
        refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
        some.send(route, &of, Some(json!([own]))).await.assert_done();
    }
    // What one may not give is not offered, and not taken either.
    let offered = some.send(AVAILABLE, &user, None).await;
    assert!(!names(&offered).contains(&"realm-admin"));
    admin
        .send(TO_GROUP, &of_group, Some(json!([everything])))
        .await
        .assert_done();
    let refused = some.send(TAKE, &of_group, Some(json!([everything]))).await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
}

/// A right is gone with the role, though the token is as good as before.
#[tokio::test]
async fn a_role_that_is_taken_takes_its_right_at_once() {
    let place = place().await;
    let Place { admin, realm, .. } = &place;
    let some = admin.as_user(realm, &["view-users"]).await;
    let in_realm = [("realm", realm.as_str())];
    assert_eq!(
        some.send("GET /admin/realms/{realm}/users", &in_realm, None)
            .await
            .status,
        200
    );
    let list = [("realm", realm.as_str()), ("clientId", "realm-management")];
    let client = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    let client = client.body[0]["id"].as_str().unwrap();
    let me = some.user.unwrap().to_string();
    let of = [("realm", realm.as_str()), ("user", me.as_str()), ("container", client)];
    let taken = admin
        .send(
            "DELETE /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}",
            &of,
            None,
        )
        .await;
    taken.assert_done();
    assert_eq!(
        some.send("GET /admin/realms/{realm}/users", &in_realm, None)
            .await
            .status,
        403
    );
}

/// The loser of the race learns what a later request would learn, and no fault of the server.
#[tokio::test]
async fn a_role_that_is_removed_while_it_is_given_is_given_or_not_found() {
    let place = place().await;
    let of_user = [("realm", place.realm.as_str()), ("user", place.user.as_str())];
    let one = [("realm", place.realm.as_str()), ("role", "clerk")];
    let gives = join_all((0..8).map(|_| {
        let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/realm";
        place.admin.send(route, &of_user, Some(json!([place.role])))
    }));
    let removes = place
        .admin
        .send("DELETE /admin/realms/{realm}/roles/{role}", &one, None);
    let (given, removed) = tokio::join!(gives, removes);
    removed.assert_done();
    for reply in given {
        assert!(matches!(reply.status, 204 | 404), "{reply:?}");
    }
}
