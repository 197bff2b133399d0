//! Nobody becomes more than they are: ways that lead past the question whether somebody may give a role.

use serde_json::{Value, json};

use super::support::{Admin, PASSWORD};
use crate::support::Request;

const ROLE: &str = "/admin/realms/{realm}/clients/{client}/roles/{role}";
const BY_ID: &str = "/admin/realms/{realm}/roles-by-id/{role_id}";
const GIVE: &str = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}";

fn forbidden() -> Value {
    json!({ "error": "HTTP 403 Forbidden" })
}

/// The row of a client.
async fn client(admin: &Admin, realm: &str, client_id: &str) -> String {
    let list = [("realm", realm), ("clientId", client_id)];
    let found = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    found.body[0]["id"].as_str().unwrap().to_owned()
}

/// A role of a client.
async fn role(admin: &Admin, realm: &str, client: &str, name: &str) -> Value {
    let place = [("realm", realm), ("client", client), ("role", name)];
    let found = admin.send(&format!("GET {ROLE}"), &place, None).await;
    assert_eq!(found.status, 200, "{found:?}");
    found.body
}

async fn group(admin: &Admin, realm: &str, name: &str) -> String {
    let route = "POST /admin/realms/{realm}/groups";
    let made = admin
        .send(route, &[("realm", realm)], Some(json!({ "name": name })))
        .await;
    made.created()
}

/// Puts a group below another. Returns status and body.
async fn below(admin: &Admin, realm: &str, parent: &str, group: &str) -> (u16, Value) {
    let route = "POST /admin/realms/{realm}/groups/{group}/children";
    let body = json!({ "id": group, "name": "moved" });
    let moved = admin
        .send(route, &[("realm", realm), ("group", parent)], Some(body))
        .await;
    (moved.status, moved.body)
}

#[tokio::test]
async fn who_manages_users_cannot_move_a_group_to_the_administrators_or_away() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let (admins, management) = (
        group(&admin, &realm, "admins").await,
        client(&admin, &realm, "realm-management").await,
    );
    let everything = role(&admin, &realm, &management, "realm-admin").await;
    let route = "POST /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}";
    let place = [
        ("realm", realm.as_str()),
        ("group", admins.as_str()),
        ("container", management.as_str()),
    ];
    admin.send(route, &place, Some(json!([everything]))).await.assert_done();

    let manager = admin.as_user(&realm, &["manage-users"]).await;
    let me = manager.user.unwrap().to_string();
    let mine = group(&manager, &realm, "mine").await;
    let route = "PUT /admin/realms/{realm}/users/{user}/groups/{group}";
    let place = [
        ("realm", realm.as_str()),
        ("user", me.as_str()),
        ("group", mine.as_str()),
    ];
    manager.send(route, &place, None).await.assert_done();
    assert_eq!(below(&manager, &realm, &admins, &mine).await, (403, forbidden()));
    let list = [("realm", realm.as_str())];
    let clients = manager.send("GET /admin/realms/{realm}/clients", &list, None).await;
    clients.assert(403, &forbidden());

    // Out of it neither: its members would lose what they hold.
    assert_eq!(below(&admin, &realm, &admins, &mine).await.0, 204);
    let manager = admin.as_user(&realm, &["manage-users"]).await;
    let route = "POST /admin/realms/{realm}/groups";
    let out = json!({ "id": mine, "name": "mine" });
    manager
        .send(route, &list, Some(out.clone()))
        .await
        .assert(403, &forbidden());
    for group in [&admins, &mine] {
        let place = [("realm", realm.as_str()), ("group", group.as_str())];
        let gone = manager
            .send("DELETE /admin/realms/{realm}/groups/{group}", &place, None)
            .await;
        gone.assert(403, &forbidden());
    }
    admin.send(route, &list, Some(out)).await.assert_done();
    assert_eq!(below(&manager, &realm, &mine, &mine).await.0, 400);
}

#[tokio::test]
async fn groups_too_deep_to_be_followed_are_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let too_deep = json!({ "errorMessage": "Groups are at most 50 deep" });
    let route = "POST /admin/realms/{realm}/groups/{group}/children";
    let mut deepest = group(&admin, &realm, "1").await;
    for depth in 2..=50 {
        let place = [("realm", realm.as_str()), ("group", deepest.as_str())];
        let made = admin
            .send(route, &place, Some(json!({ "name": depth.to_string() })))
            .await;
        assert_eq!(made.status, 201, "{made:?}");
        deepest = made.body["id"].as_str().unwrap().to_owned();
    }
    let place = [("realm", realm.as_str()), ("group", deepest.as_str())];
    let refused = admin.send(route, &place, Some(json!({ "name": "51" }))).await;
    refused.assert(400, &too_deep);
    let other = group(&admin, &realm, "other").await;
    assert_eq!(below(&admin, &realm, &deepest, &other).await, (400, too_deep));
    let found = [("realm", realm.as_str()), ("search", "50")];
    let found = admin.send("GET /admin/realms/{realm}/groups", &found, None).await;
    assert_eq!((found.status, found.body[0]["name"].as_str()), (200, Some("1")));
}

/// The name makes the right: a role that somebody holds would be another one.
#[tokio::test]
async fn a_role_that_is_a_right_is_not_renamed_removed_filled_or_made() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let management = client(&admin, &realm, "realm-management").await;
    let held = role(&admin, &realm, &management, "manage-clients").await;
    let manager = admin.as_user(&realm, &["manage-clients"]).await;
    let by_name = [
        ("realm", realm.as_str()),
        ("client", management.as_str()),
        ("role", "manage-clients"),
    ];
    let by_id = [("realm", realm.as_str()), ("role_id", held["id"].as_str().unwrap())];
    for caller in [&manager, &admin] {
        for (route, place) in [(ROLE, &by_name[..]), (BY_ID, &by_id[..])] {
            let renamed = json!({ "name": "manage-users" });
            for (verb, below, body) in [
                ("PUT", "", Some(renamed)),
                ("DELETE", "", None),
                ("POST", "/composites", Some(json!([held]))),
                ("DELETE", "/composites", Some(json!([held]))),
            ] {
                let reply = caller.send(&format!("{verb} {route}{below}"), place, body).await;
                reply.assert(403, &forbidden());
            }
        }
        let route = "POST /admin/realms/{realm}/clients/{client}/roles";
        let made = caller.send(route, &by_name[..2], Some(json!({ "name": "mine" }))).await;
        made.assert(403, &forbidden());
    }
    let partial = json!({
        "ifResourceExists": "OVERWRITE",
        "roles": { "client": { "realm-management": [{ "name": "mine" }] } },
    });
    let route = "POST /admin/realms/{realm}/partialImport";
    let skipped = admin.send(route, &by_name[..1], Some(partial)).await;
    assert_eq!(
        (&skipped.body["added"], &skipped.body["skipped"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn who_manages_master_cannot_make_a_role_of_theirs_create_realms() {
    let admin = Admin::start().await;
    let manager = master_user(
        &admin,
        "master-realm",
        &["manage-realm", "manage-clients", "view-realm"],
    )
    .await;
    let of_demo = client(&admin, "master", "demo-realm").await;
    for (route, place) in [
        (
            "PUT /admin/realms/{realm}/roles/{role}",
            &[("realm", "master"), ("role", "create-realm")][..],
        ),
        (
            "DELETE /admin/realms/{realm}/roles/{role}",
            &[("realm", "master"), ("role", "admin")][..],
        ),
        (
            "PUT /admin/realms/{realm}/clients/{client}/roles/{role}",
            &[("realm", "master"), ("client", &of_demo), ("role", "view-users")][..],
        ),
    ] {
        let body = route.starts_with("PUT").then(|| json!({ "name": "x" }));
        let reply = manager.send(route, place, body).await;
        reply.assert(403, &forbidden());
    }
    let route = "POST /admin/realms/{realm}/roles";
    let roles = [("realm", "master")];
    let taken = manager
        .send(route, &roles, Some(json!({ "name": "create-realm" })))
        .await;
    taken.assert(403, &forbidden());
}

/// Somebody of master who holds nothing. Returns their row too.
async fn nobody_of_master(admin: &Admin) -> (Admin, String) {
    let (username, password) = ("somebody", "a long password");
    let body = json!({
        "username": username, "enabled": true, "email": "somebody@example.com", "firstName": "S", "lastName": "B",
        "credentials": [{ "type": "password", "value": password }],
    });
    let route = "POST /admin/realms/{realm}/users";
    let user = admin.send(route, &[("realm", "master")], Some(body)).await.created();
    (
        through(admin, ("master", "admin-cli"), (username, password)).await,
        user,
    )
}

/// Somebody who holds roles of one of the clients of master.
async fn master_user(admin: &Admin, client_id: &str, roles: &[&str]) -> Admin {
    let (caller, user) = nobody_of_master(admin).await;
    let container = client(admin, "master", client_id).await;
    let mut given = Vec::new();
    for name in roles {
        given.push(role(admin, "master", &container, name).await);
    }
    let place = [("realm", "master"), ("user", &user), ("container", &container)];
    admin.send(GIVE, &place, Some(json!(given))).await.assert_done();
    caller
}

/// Whoever has this name and password, through a client of their realm.
async fn through(admin: &Admin, (realm, client_id): (&str, &str), (username, password): (&str, &str)) -> Admin {
    let form = [
        ("client_id", client_id),
        ("grant_type", "password"),
        ("username", username),
        ("password", password),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    admin.with_token(Some(answer.member("access_token")))
}

#[tokio::test]
async fn who_comes_through_a_narrow_client_hands_on_no_more_than_it_lets_in() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let management = client(&admin, &realm, "realm-management").await;
    let narrow = json!({
        "clientId": "narrow", "publicClient": true, "directAccessGrantsEnabled": true, "fullScopeAllowed": false,
    });
    let route = "POST /admin/realms/{realm}/clients";
    let narrow = admin.send(route, &[("realm", &realm)], Some(narrow)).await.created();
    let route = "POST /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}";
    let place = [
        ("realm", realm.as_str()),
        ("client", narrow.as_str()),
        ("container", management.as_str()),
    ];
    let let_in = role(&admin, &realm, &management, "manage-users").await;
    admin.send(route, &place, Some(json!([let_in]))).await.assert_done();

    let boss = admin.as_user(&realm, &["realm-admin"]).await.user.unwrap().to_string();
    let place = [("realm", realm.as_str()), ("user", boss.as_str())];
    let boss = admin.send("GET /admin/realms/{realm}/users/{user}", &place, None).await;
    let username = boss.body["username"].as_str().unwrap();
    let through_narrow = through(&admin, (&realm, "narrow"), (username, PASSWORD)).await;
    let friend = admin.as_user(&realm, &[]).await.user.unwrap().to_string();
    let place = [
        ("realm", realm.as_str()),
        ("user", friend.as_str()),
        ("container", management.as_str()),
    ];
    let everything = role(&admin, &realm, &management, "realm-admin").await;
    let refused = through_narrow.send(GIVE, &place, Some(json!([everything]))).await;
    refused.assert(403, &forbidden());
    let given = through_narrow.send(GIVE, &place, Some(json!([let_in]))).await;
    given.assert_done();
}

/// Whoever knows a key that signs can make tokens of everybody.
#[tokio::test]
async fn a_key_that_somebody_brings_asks_for_every_right() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let route = "POST /admin/realms/{realm}/components";
    let key = |name: &str, provider: &str, config: Value| {
        json!({
            "name": name, "providerId": provider, "providerType": "org.keycloak.keys.KeyProvider", "config": config,
        })
    };
    let own = json!({ "privateKey": [include_str!("fixtures/rsa.pem")], "priority": ["1000"] });
    let path = [("realm", realm.as_str())];
    let manager = admin.as_user(&realm, &["manage-realm", "view-realm"]).await;
    for provider in ["rsa", "rsa-generated"] {
        let refused = manager
            .send(route, &path, Some(key("own", provider, own.clone())))
            .await;
        refused.assert(403, &forbidden());
    }
    let made = manager
        .send(route, &path, Some(key("made here", "rsa-generated", json!({}))))
        .await
        .created();
    let change = "PUT /admin/realms/{realm}/components/{component}";
    let place = [("realm", realm.as_str()), ("component", made.as_str())];
    let refused = manager.send(change, &place, Some(json!({ "config": own }))).await;
    refused.assert(403, &forbidden());
    let everything = admin.as_user(&realm, &["realm-admin"]).await;
    everything
        .send(route, &path, Some(key("own", "rsa", own.clone())))
        .await
        .created();
    // In master a token of an administrator opens every realm.
    let of_master = master_user(&admin, "master-realm", &["manage-realm", "view-realm"]).await;
    let refused = of_master
        .send(route, &[("realm", "master")], Some(key("own", "rsa", own)))
        .await;
    refused.assert(403, &forbidden());
}

#[tokio::test]
async fn whoever_makes_a_realm_administers_it_and_no_other() {
    let admin = Admin::start().await;
    let (maker, user) = nobody_of_master(&admin).await;
    let route = "GET /admin/realms/{realm}/roles/{role}";
    let place = [("realm", "master"), ("role", "create-realm")];
    let may = admin.send(route, &place, None).await.body;
    let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/realm";
    let place = [("realm", "master"), ("user", user.as_str())];
    admin.send(route, &place, Some(json!([may]))).await.assert_done();

    let body = json!({ "realm": "made-by-maker", "enabled": true });
    let made = maker.send("POST /admin/realms", &[], Some(body)).await;
    assert_eq!(made.created(), "made-by-maker");
    for (realm, status) in [("made-by-maker", 200), ("demo", 403), ("master", 403)] {
        let seen = maker
            .send("GET /admin/realms/{realm}/users", &[("realm", realm)], None)
            .await;
        assert_eq!(seen.status, status, "{realm}");
    }
    let gone = maker
        .send("DELETE /admin/realms/{realm}", &[("realm", "made-by-maker")], None)
        .await;
    gone.assert_done();
    // Of the same name, made by somebody else: nothing of it is theirs.
    let body = json!({ "realm": "made-by-maker", "enabled": true });
    admin.send("POST /admin/realms", &[], Some(body)).await.created();
    let seen = maker
        .send("GET /admin/realms/{realm}", &[("realm", "made-by-maker")], None)
        .await;
    seen.assert(403, &forbidden());
}

/// The audit log outlives a realm, and knows it by its name.
#[tokio::test]
async fn a_realm_of_the_same_name_does_not_show_what_was_done_in_the_one_before() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let config = "PUT /admin/realms/{realm}/events/config";
    let switches = json!({ "adminEventsEnabled": true, "adminEventsDetailsEnabled": true });
    let list = "GET /admin/realms/{realm}/admin-events";
    admin.send(config, &path, Some(switches.clone())).await.assert_done();
    group(&admin, &realm, "secret customers").await;
    let seen = admin.send(list, &path, None).await;
    assert!(seen.text.contains("GROUP"), "{seen:?}");

    admin
        .send("DELETE /admin/realms/{realm}", &path, None)
        .await
        .assert_done();
    let again = json!({ "realm": realm, "enabled": true });
    admin.send("POST /admin/realms", &[], Some(again)).await.created();
    admin.send(config, &path, Some(switches)).await.assert_done();
    let seen = admin.send(list, &path, None).await;
    assert_eq!(seen.status, 200);
    assert!(!seen.text.contains("GROUP"), "{seen:?}");
}
