//! How long what a client is given lives, as administrators and Keycloak's scripts say it.

use serde_json::{Value, json};

use super::super::support::{Admin, PASSWORD, Reply};
use super::{get, make, put};
use crate::support::Request;
use crate::support::jwt::claims;

const IDLE: &str = "Client session idle timeout cannot exceed realm SSO session idle timeout.";
const MAX: &str = "Client session max lifespan cannot exceed realm SSO session max lifespan.";

async fn set(admin: &Admin, realm: &str, change: Value) -> Reply {
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", realm)], Some(change))
        .await
}

/// A realm with somebody in it and a client that may ask for their tokens. Returns the realm and the client.
async fn started(admin: &Admin) -> (String, String) {
    let realm = admin.realm().await;
    let body = json!({ "clientId": "app", "secret": "s", "directAccessGrantsEnabled": true });
    let client = make(admin, &realm, body).await;
    let alice = json!({
        "username": "alice",
        "enabled": true,
        "email": "alice@example.com",
        "firstName": "Alice",
        "lastName": "Anders",
        "credentials": [{ "type": "password", "value": PASSWORD }],
    });
    let route = "POST /admin/realms/{realm}/users";
    admin.send(route, &[("realm", &realm)], Some(alice)).await.created();
    (realm, client)
}

/// What the answer of the token endpoint says, and `exp` less `iat` of the refresh token.
async fn lives(admin: &Admin, realm: &str, scope: &str) -> (i64, i64, Option<i64>) {
    let form = [
        ("grant_type", "password"),
        ("client_id", "app"),
        ("client_secret", "s"),
        ("username", "alice"),
        ("password", PASSWORD),
        ("scope", scope),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens = answer.json();
    let refresh = claims(tokens["refresh_token"].as_str().unwrap());
    let left = refresh.get("exp").and_then(Value::as_i64);
    (
        tokens["expires_in"].as_i64().unwrap(),
        tokens["refresh_expires_in"].as_i64().unwrap(),
        left.map(|exp| exp - refresh["iat"].as_i64().unwrap()),
    )
}

async fn attributes(admin: &Admin, place: (&str, &str), attributes: Value) {
    let (realm, client) = place;
    let none = json!({
        "client.session.idle.timeout": "",
        "client.session.max.lifespan": "",
        "client.offline.session.idle.timeout": "",
        "client.offline.session.max.lifespan": "",
        "access.token.lifespan": "",
    });
    let mut all = none;
    all.as_object_mut()
        .unwrap()
        .extend(attributes.as_object().unwrap().clone());
    put(admin, realm, client, json!({ "attributes": all }))
        .await
        .assert_done();
}

#[tokio::test]
async fn attributes_of_a_client_say_how_long_its_tokens_live() {
    let admin = Admin::start().await;
    let (realm, client) = started(&admin).await;
    let place = (realm.as_str(), client.as_str());
    // As a Keycloak answers it, each of them.
    for (said, lasts) in [
        (json!({}), (300, 1_800, Some(1_800))),
        (json!({ "client.session.idle.timeout": "100" }), (300, 100, Some(100))),
        (json!({ "client.session.max.lifespan": "60" }), (60, 60, Some(60))),
        (
            json!({ "client.session.idle.timeout": "200", "client.session.max.lifespan": "100" }),
            (100, 100, Some(100)),
        ),
        (json!({ "client.session.idle.timeout": "0" }), (300, 1_800, Some(1_800))),
        (
            json!({ "client.session.max.lifespan": "-1" }),
            (300, 1_800, Some(1_800)),
        ),
        (
            json!({ "client.session.idle.timeout": "abc" }),
            (300, 1_800, Some(1_800)),
        ),
        (json!({ "access.token.lifespan": "7" }), (7, 1_800, Some(1_800))),
        (
            json!({ "access.token.lifespan": "100000" }),
            (36_000, 1_800, Some(1_800)),
        ),
    ] {
        attributes(&admin, place, said.clone()).await;
        assert_eq!(lives(&admin, &realm, "openid").await, lasts, "{said}");
        let shown = get(&admin, &realm, &client).await;
        for (name, value) in said.as_object().unwrap() {
            assert_eq!(&shown["attributes"][name], value);
        }
    }
    for (said, lasts) in [
        (json!({}), (300, 0, None)),
        (json!({ "client.offline.session.idle.timeout": "100" }), (300, 0, None)),
        (json!({ "client.offline.session.max.lifespan": "100" }), (100, 0, None)),
        (
            json!({ "client.session.idle.timeout": "100", "client.session.max.lifespan": "60" }),
            (300, 0, None),
        ),
    ] {
        attributes(&admin, place, said.clone()).await;
        assert_eq!(lives(&admin, &realm, "openid offline_access").await, lasts, "{said}");
    }
}

#[tokio::test]
async fn a_realm_says_it_for_clients_that_do_not() {
    let admin = Admin::start().await;
    let (realm, client) = started(&admin).await;
    let place = (realm.as_str(), client.as_str());
    let is = json!({ "clientSessionIdleTimeout": 200, "clientSessionMaxLifespan": "50" });
    set(&admin, &realm, is).await.assert_done();
    assert_eq!(lives(&admin, &realm, "openid").await, (50, 50, Some(50)));
    attributes(&admin, place, json!({ "client.session.max.lifespan": "400" })).await;
    assert_eq!(lives(&admin, &realm, "openid").await, (300, 200, Some(200)));
    let shown = admin
        .send("GET /admin/realms/{realm}", &[("realm", &realm)], None)
        .await
        .body;
    assert_eq!(
        (&shown["clientSessionIdleTimeout"], &shown["clientSessionMaxLifespan"]),
        (&json!(200), &json!(50))
    );
    assert_eq!(shown["offlineSessionMaxLifespanEnabled"], json!(false));
    // Where the realm gives offline tokens a longest life, they tell their end.
    let offline = "openid offline_access";
    let is = json!({ "clientOfflineSessionMaxLifespan": 70 });
    set(&admin, &realm, is).await.assert_done();
    assert_eq!(lives(&admin, &realm, offline).await, (300, 0, None));
    let is = json!({ "offlineSessionMaxLifespanEnabled": true, "offlineSessionIdleTimeout": 1_000 });
    set(&admin, &realm, is).await.assert_done();
    assert_eq!(lives(&admin, &realm, offline).await, (70, 70, Some(70)));
    let is = json!({ "clientOfflineSessionMaxLifespan": 0, "clientOfflineSessionIdleTimeout": 500 });
    set(&admin, &realm, is).await.assert_done();
    assert_eq!(lives(&admin, &realm, offline).await, (300, 500, Some(500)));
    // A zero is what every realm has.
    let is = json!({ "ssoSessionIdleTimeout": 0, "clientSessionIdleTimeout": 0, "clientSessionMaxLifespan": 0 });
    set(&admin, &realm, is).await.assert_done();
    attributes(&admin, place, json!({})).await;
    assert_eq!(lives(&admin, &realm, "openid").await, (300, 1_800, Some(1_800)));
}

#[tokio::test]
async fn example_tokens_end_with_the_login_too() {
    let admin = Admin::start().await;
    let (realm, client) = started(&admin).await;
    let user = json!({ "username": "bob", "enabled": true });
    let route = "POST /admin/realms/{realm}/users";
    let bob = admin.send(route, &[("realm", &realm)], Some(user)).await.created();
    attributes(
        &admin,
        (&realm, &client),
        json!({ "client.session.max.lifespan": "60" }),
    )
    .await;
    let route = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-access-token";
    let list = [("realm", realm.as_str()), ("client", &client), ("userId", &bob)];
    let token = admin.send(route, &list, None).await.body;
    assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 60);
}

#[tokio::test]
async fn nothing_may_be_said_that_outlives_the_login() {
    let admin = Admin::start().await;
    let (realm, client) = started(&admin).await;
    let clients = "POST /admin/realms/{realm}/clients";
    let long = json!({ "client.session.idle.timeout": "1801", "client.session.max.lifespan": "36001" });
    let refusal = |text: &str| json!({ "error": "invalid_input", "error_description": text });
    let reply = put(&admin, &realm, &client, json!({ "attributes": long })).await;
    reply.assert(400, &refusal(&format!("{IDLE}; {MAX}")));
    let body = json!({ "clientId": "other", "attributes": { "client.session.max.lifespan": "36001" } });
    let reply = admin.send(clients, &[("realm", &realm)], Some(body)).await;
    reply.assert(400, &refusal(MAX));
    let most = json!({ "client.session.idle.timeout": "1800", "client.session.max.lifespan": "36000" });
    put(&admin, &realm, &client, json!({ "attributes": most }))
        .await
        .assert_done();
    let offline = json!({ "client.offline.session.max.lifespan": "999999999" });
    put(&admin, &realm, &client, json!({ "attributes": offline }))
        .await
        .assert_done();

    let idle = "Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.";
    for (said, text) in [
        (json!({ "clientSessionIdleTimeout": 1_801 }), idle),
        (json!({ "clientSessionMaxLifespan": 36_001 }), MAX),
        (
            json!({ "clientSessionIdleTimeout": 5_000, "clientSessionMaxLifespan": 99_999 }),
            idle,
        ),
        (
            json!({ "ssoSessionIdleTimeout": 0, "clientSessionIdleTimeout": 5 }),
            idle,
        ),
    ] {
        let reply = set(&admin, &realm, said).await;
        reply.assert(400, &json!({ "errorMessage": text }));
    }
    let both = json!({ "ssoSessionIdleTimeout": 5_000, "clientSessionIdleTimeout": 4_000 });
    set(&admin, &realm, both).await.assert_done();
    let shorter = set(&admin, &realm, json!({ "ssoSessionIdleTimeout": 3_999 })).await;
    shorter.assert(400, &json!({ "errorMessage": idle }));

    // Where logins may be remembered, theirs is the bound.
    let remembered = json!({
        "rememberMe": true,
        "ssoSessionIdleTimeout": 1_800,
        "ssoSessionIdleTimeoutRememberMe": 5_000,
    });
    set(&admin, &realm, remembered).await.assert_done();
    let text = "Client session idle timeout cannot exceed realm SSO session idle timeout and RememberMe idle timeout.";
    let reply = set(&admin, &realm, json!({ "clientSessionIdleTimeout": 5_001 })).await;
    reply.assert(400, &json!({ "errorMessage": text }));
    let long = json!({ "client.session.idle.timeout": "5001" });
    let reply = put(&admin, &realm, &client, json!({ "attributes": long })).await;
    reply.assert(400, &refusal(text));
    // Nothing is remembered here all the same.
    assert_eq!(lives(&admin, &realm, "openid").await, (300, 1_800, Some(1_800)));
}
