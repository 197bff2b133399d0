//! `GET users` and `GET users/count`.

use serde_json::{Value, json};

use super::{USERS, make, person};
use crate::admin::support::Admin;

const COUNT: &str = "GET /admin/realms/{realm}/users/count";

async fn names(admin: &Admin, realm: &str, query: &[(&str, &str)]) -> Vec<String> {
    let parameters: Vec<(&str, &str)> = query.iter().copied().chain([("realm", realm)]).collect();
    let reply = admin.send(USERS, &parameters, None).await;
    assert_eq!(reply.status, 200, "{query:?} {}", reply.text);
    let users = reply.body.as_array().unwrap().clone();
    users
        .iter()
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

async fn people(admin: &Admin) -> String {
    let realm = admin.realm().await;
    for name in ["boss", "anna", "zoe"] {
        let mut body = person(name);
        body["firstName"] = json!(format!("F{name}"));
        body["lastName"] = json!(format!("L{name}"));
        make(admin, &realm, body).await;
    }
    make(
        admin,
        &realm,
        json!({"username": "off", "enabled": false, "createdTimestamp": 1000}),
    )
    .await;
    realm
}

#[tokio::test]
async fn a_list_is_whole_or_brief() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let brief = json!({
        "id": id, "username": "alice", "firstName": "First", "lastName": "Last", "email": "alice@example.com",
        "emailVerified": true, "enabled": true, "createdTimestamp": 1_800_000_000_000_i64,
        "access": {"manage": true},
    });
    let mut whole = brief.clone();
    for (name, value) in [
        ("totp", json!(false)),
        ("disableableCredentialTypes", json!([])),
        ("requiredActions", json!([])),
        ("notBefore", json!(0)),
    ] {
        whole[name] = value;
    }
    let list = admin
        .send("GET /admin/realms/{realm}/users", &[("realm", &realm)], None)
        .await;
    list.assert(200, &json!([whole]));
    let list = admin
        .send(USERS, &[("realm", &realm), ("briefRepresentation", "true")], None)
        .await;
    list.assert(200, &json!([brief]));
}

#[tokio::test]
async fn a_search_has_keycloaks_syntax() {
    let admin = Admin::start().await;
    let realm = people(&admin).await;
    let boss = admin
        .send(USERS, &[("realm", &realm), ("search", "boss")], None)
        .await
        .body[0]["id"]
        .clone();
    let by_id = format!(
        "id:{} 00000000-0000-0000-0000-000000000000 nope",
        boss.as_str().unwrap()
    );
    let all = ["anna", "boss", "off", "zoe"];
    for (search, expected) in [
        ("b", &["boss"][..]),
        ("oss", &[]),
        ("*oss*", &["boss"]),
        ("\"boss\"", &["boss"]),
        ("\"bos\"", &[]),
        ("fboss", &["boss"]),
        ("fbo lbo", &["boss"]),
        ("fbo lan", &[]),
        ("BOSS@EXAMPLE.COM", &["boss"]),
        ("*", &all),
        ("", &all),
        ("_oss", &[]),
        ("%", &[]),
        ("id:nope", &[]),
        (&by_id, &["boss"]),
    ] {
        assert_eq!(
            names(&admin, &realm, &[("search", search)]).await,
            expected,
            "{search:?}"
        );
    }
}

#[tokio::test]
async fn properties_conditions_and_pages() {
    let admin = Admin::start().await;
    let realm = people(&admin).await;
    let all = ["anna", "boss", "off", "zoe"];
    for (query, expected) in [
        (&[("username", "os")][..], &["boss"][..]),
        (&[("username", "os"), ("exact", "true")], &[]),
        (&[("username", "BOSS"), ("exact", "true")], &["boss"]),
        (&[("email", "zoe@")], &["zoe"]),
        (&[("firstName", "fan"), ("lastName", "lan")], &["anna"]),
        (&[("enabled", "false")], &["off"]),
        (&[("emailVerified", "false")], &["off"]),
        (&[("search", "o"), ("enabled", "true")], &[]),
        (&[("q", "firstName:fzo")], &["zoe"]),
        (&[("q", "nothing:here")], &[]),
        (&[("q", "x")], &all),
        (&[("idpAlias", "gh")], &[]),
        (&[("createdBefore", "1970-01-01")], &["off"]),
        (&[("createdAfter", "1001")], &["anna", "boss", "zoe"]),
        (&[("first", "1"), ("max", "2")], &["boss", "off"]),
        (&[("first", "-5"), ("max", "-1")], &all),
        (&[("max", "0")], &[]),
    ] {
        assert_eq!(names(&admin, &realm, query).await, expected, "{query:?}");
    }
    let bad = admin
        .send(USERS, &[("realm", &realm), ("createdAfter", "abc")], None)
        .await;
    bad.assert(
        400,
        &json!({"error": "Invalid value for 'createdAfter', expected format is yyyy-MM-dd or an Epoch timestamp"}),
    );
    let bad = admin.send(USERS, &[("realm", &realm), ("max", "abc")], None).await;
    bad.assert(404, &json!({"error": "HTTP 404 Not Found"}));
}

#[tokio::test]
async fn a_count_is_a_number() {
    let admin = Admin::start().await;
    let realm = people(&admin).await;
    let count = async |query: &[(&str, &str)]| -> Value {
        let parameters: Vec<(&str, &str)> = query.iter().copied().chain([("realm", realm.as_str())]).collect();
        let reply = admin
            .send("GET /admin/realms/{realm}/users/count", &parameters, None)
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    };
    assert_eq!(count(&[]).await, 4);
    assert_eq!(count(&[("search", "b")]).await, 1);
    assert_eq!(count(&[("enabled", "false")]).await, 1);
    assert_eq!(count(&[("username", "os"), ("exact", "true")]).await, 0);
}

#[tokio::test]
async fn who_may_only_ask_for_users_learns_nothing_of_them() {
    let admin = Admin::start().await;
    let realm = people(&admin).await;
    let asker = admin.as_user(&realm, &["query-users"]).await;
    asker
        .send(USERS, &[("realm", &realm), ("search", "boss")], None)
        .await
        .assert(200, &json!([]));
    // Keycloak counts for them, which tells whether a name is somebody's.
    asker
        .send(COUNT, &[("realm", &realm), ("search", "boss")], None)
        .await
        .assert(200, &json!(0));
}
