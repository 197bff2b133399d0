//! The logins in which a client has tokens.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{make, of};
use crate::support::Request;

async fn log_in(admin: &Admin, realm: &str, scope: &str) -> Value {
    let form = [
        ("grant_type", "password"),
        ("client_id", "app"),
        ("client_secret", "s"),
        ("username", "alice"),
        ("password", "Correct-Horse-1"),
        ("scope", scope),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn sessions_are_listed_and_counted() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "app", "secret": "s", "directAccessGrantsEnabled": true });
    let client = make(&admin, &realm, body).await;
    let idle = make(&admin, &realm, json!({ "clientId": "idle" })).await;
    let body = json!({
        "username": "alice",
        "enabled": true,
        "email": "alice@example.com",
        "firstName": "Alice",
        "lastName": "Anders",
        "credentials": [{ "type": "password", "value": "Correct-Horse-1" }],
    });
    let place = [("realm", realm.as_str())];
    let alice = admin
        .send("POST /admin/realms/{realm}/users", &place, Some(body))
        .await
        .created();
    let first = log_in(&admin, &realm, "openid").await;
    let second = log_in(&admin, &realm, "openid offline_access").await;

    let online = "GET /admin/realms/{realm}/clients/{client}/user-sessions";
    let offline = "GET /admin/realms/{realm}/clients/{client}/offline-sessions";
    let seen = of(&admin, online, &realm, &client).await;
    let start = seen.body[0]["start"].clone();
    let session = |id: &Value, last: &Value| {
        json!({
            "id": id,
            "username": "alice",
            "userId": alice,
            "ipAddress": "127.0.0.1",
            "start": start,
            "lastAccess": last,
            "rememberMe": false,
            "clients": { client.as_str(): "app" },
            "transientUser": false,
        })
    };
    seen.assert(
        200,
        &json!([session(&first["session_state"], &seen.body[0]["lastAccess"])]),
    );
    let seen = of(&admin, offline, &realm, &client).await;
    seen.assert(
        200,
        &json!([session(&second["session_state"], &seen.body[0]["lastAccess"])]),
    );
    let paged = [("realm", realm.as_str()), ("client", client.as_str()), ("first", "1")];
    admin.send(online, &paged, None).await.assert(200, &json!([]));

    let count = "GET /admin/realms/{realm}/clients/{client}/session-count";
    let offline_count = "GET /admin/realms/{realm}/clients/{client}/offline-session-count";
    for route in [count, offline_count] {
        of(&admin, route, &realm, &client)
            .await
            .assert(200, &json!({ "count": 1 }));
        of(&admin, route, &realm, &idle)
            .await
            .assert(200, &json!({ "count": 0 }));
    }
    of(&admin, online, &realm, &idle).await.assert(200, &json!([]));
}
