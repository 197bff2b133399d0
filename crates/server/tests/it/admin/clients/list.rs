//! Listing clients.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{make, named};

/// Names and values.
type Query<'q> = &'q [(&'q str, &'q str)];

async fn names(admin: &Admin, realm: &str, query: &[(&str, &str)]) -> Vec<String> {
    let parameters: Vec<(&str, &str)> = [("realm", realm)].into_iter().chain(query.iter().copied()).collect();
    let reply = admin.send("GET /admin/realms/{realm}/clients", &parameters, None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let list = reply.body.as_array().unwrap();
    list.iter()
        .map(|client| client["clientId"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn clients_are_found_by_name_attribute_and_page() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let attributes = json!({ "team": "x y", "tier": "1" });
    make(
        &admin,
        &realm,
        json!({ "clientId": "alpha-one", "attributes": attributes }),
    )
    .await;
    make(
        &admin,
        &realm,
        json!({ "clientId": "Alpha-Two", "attributes": { "team": "x" } }),
    )
    .await;
    make(
        &admin,
        &realm,
        json!({ "clientId": "beta_1", "redirectUris": ["https://b.example/*"] }),
    )
    .await;

    let all = [
        "Alpha-Two",
        "account",
        "account-console",
        "admin-cli",
        "alpha-one",
        "beta_1",
        "broker",
        "realm-management",
        "security-admin-console",
    ];
    let none: [&str; 0] = [];
    let found: [(Query<'_>, &[&str]); 15] = [
        (&[], &all),
        (&[("clientId", "")], &all),
        (&[("viewableOnly", "true")], &all),
        (&[("max", "-1"), ("first", "-1")], &all),
        (&[("clientId", "alpha-one")], &["alpha-one"]),
        (&[("clientId", "ALPHA-ONE")], &none),
        (&[("clientId", "alpha")], &none),
        (&[("clientId", "LPHA"), ("search", "true")], &["Alpha-Two", "alpha-one"]),
        (&[("clientId", "b%1"), ("search", "true")], &["beta_1"]),
        (&[("first", "1"), ("max", "2")], &["account", "account-console"]),
        (&[("max", "0")], &none),
        (&[("q", "team:x")], &["Alpha-Two"]),
        (&[("q", "\"team\":\"x y\" tier:1")], &["alpha-one"]),
        (&[("q", "team")], &all),
        (&[("clientId", "alpha-one"), ("q", "tier:2")], &none),
    ];
    for (query, wanted) in found {
        assert_eq!(names(&admin, &realm, query).await, wanted, "{query:?}");
    }
    // Clients that may send codes to any page of a path.
    let wild = names(&admin, &realm, &[("q", "keyward.legacy_wildcard:true")]).await;
    assert_eq!(wild, ["account", "account-console", "beta_1", "security-admin-console"]);

    let bad = [("realm", realm.as_str()), ("first", "x")];
    let reply = admin.send("GET /admin/realms/{realm}/clients", &bad, None).await;
    reply.assert(404, &json!({ "error": "HTTP 404 Not Found" }));
}

#[tokio::test]
async fn who_only_looks_sees_no_secret() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let keys = json!({ "jwt.credential.private.key": "MII" });
    make(
        &admin,
        &realm,
        json!({ "clientId": "api", "secret": "s3cret", "attributes": keys }),
    )
    .await;
    let viewer = admin.as_user(&realm, &["view-clients"]).await;
    let seen = named(&viewer, &realm, "api").await;
    assert_eq!(seen["secret"], "**********");
    assert_eq!(seen["attributes"]["jwt.credential.private.key"], "**********");
    assert_eq!(
        seen["access"],
        json!({ "view": true, "configure": false, "manage": false })
    );
    assert_eq!(named(&admin, &realm, "api").await["secret"], "s3cret");
    let manager = admin.as_user(&realm, &["manage-clients"]).await;
    assert_eq!(named(&manager, &realm, "api").await["secret"], "s3cret");
}

#[tokio::test]
async fn who_may_list_and_not_see_gets_an_empty_list() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let caller = admin.as_user(&realm, &["query-clients"]).await;
    let reply = caller.send("GET /admin/realms/{realm}/clients", &place, None).await;
    reply.assert(200, &json!([]));
    for role in ["create-client", "view-users", "view-realm"] {
        let caller = admin.as_user(&realm, &[role]).await;
        let reply = caller.send("GET /admin/realms/{realm}/clients", &place, None).await;
        assert_eq!(reply.status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_private_client_of_another_realm_is_not_listed() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    make(&admin, &other, json!({ "clientId": "theirs" })).await;
    assert_eq!(named(&admin, &realm, "theirs").await, Value::Null);
}

/// They stand in files, as in Keycloak.
#[tokio::test]
async fn settings_of_authorization_services_are_in_no_list() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let settings = json!({ "policyEnforcementMode": "ENFORCING", "resources": [] });
    let body = json!({
        "clientId": "uma", "serviceAccountsEnabled": true, "authorizationServicesEnabled": true,
        "authorizationSettings": settings,
    });
    let id = make(&admin, &realm, body).await;
    let listed = named(&admin, &realm, "uma").await;
    for seen in [&listed, &super::get(&admin, &realm, &id).await] {
        assert_eq!(
            (&seen["authorizationServicesEnabled"], seen.get("authorizationSettings")),
            (&json!(true), None)
        );
    }
    // A change of something else keeps them.
    let change = json!({ "description": "UMA" });
    super::put(&admin, &realm, &id, change).await.assert_done();
    let route = "POST /admin/realms/{realm}/partial-export";
    let path = [("realm", realm.as_str()), ("exportClients", "true")];
    let file = admin.send(route, &path, None).await.body;
    let clients = file["clients"].as_array().unwrap();
    let exported = clients.iter().find(|client| client["clientId"] == "uma").unwrap();
    assert_eq!(exported["authorizationSettings"], settings);
}
