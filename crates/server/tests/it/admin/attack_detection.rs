//! Failed logins of users.

use serde_json::{Value, json};

use super::support::Admin;
use crate::support::Request;

const GET: &str = "GET /admin/realms/{realm}/attack-detection/brute-force/users/{user}";
const FORGET: &str = "DELETE /admin/realms/{realm}/attack-detection/brute-force/users/{user}";

async fn fail(admin: &Admin, realm: &str) {
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", "peggy"),
        ("password", "wrong"),
    ];
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert!(matches!(answer.status, 400 | 401), "{answer:?}");
}

fn nothing() -> Value {
    json!({
        "failedLoginNotBefore": 0, "numFailures": 0, "numTemporaryLockouts": 0, "disabled": false,
        "numSecondaryAuthFailures": 0, "lastIPFailure": "n/a", "lastFailure": 0,
    })
}

#[tokio::test]
async fn failures_are_shown_and_forgotten() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body =
        json!({"username": "peggy", "enabled": true, "credentials": [{"type": "password", "value": "right one"}]});
    let id = admin
        .send("POST /admin/realms/{realm}/users", &[("realm", &realm)], Some(body))
        .await
        .created();
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    admin.send(GET, &path, None).await.assert(200, &nothing());
    let protected = json!({"bruteForceProtected": true});
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", &realm)], Some(protected))
        .await
        .assert_done();
    admin.send(GET, &path, None).await.assert(200, &nothing());
    // Twice in quick succession: a minute to wait.
    fail(&admin, &realm).await;
    fail(&admin, &realm).await;
    let route = "GET /admin/realms/{realm}/attack-detection/brute-force/users/{user}";
    admin.send(route, &path, None).await.assert(
        200,
        &json!({
            "failedLoginNotBefore": 1_800_000_060, "numFailures": 2, "numTemporaryLockouts": 0, "disabled": true,
            "numSecondaryAuthFailures": 0, "lastIPFailure": "127.0.0.1", "lastFailure": 1_800_000_000_000_i64,
        }),
    );
    let route = "DELETE /admin/realms/{realm}/attack-detection/brute-force/users/{user}";
    admin.send(route, &path, None).await.assert_done();
    admin.send(GET, &path, None).await.assert(200, &nothing());
    fail(&admin, &realm).await;
    let route = "DELETE /admin/realms/{realm}/attack-detection/brute-force/users";
    admin.send(route, &[path[0]], None).await.assert_done();
    admin.send(GET, &path, None).await.assert(200, &nothing());
}

/// As in Keycloak, nothing is counted of who is not there; and a user of another realm is not there.
#[tokio::test]
async fn a_user_of_another_realm_is_neither_shown_nor_forgiven() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let body =
        json!({"username": "peggy", "enabled": true, "credentials": [{"type": "password", "value": "right one"}]});
    let id = admin
        .send("POST /admin/realms/{realm}/users", &[("realm", &other)], Some(body))
        .await
        .created();
    for name in [&realm, &other] {
        let protected = json!({"bruteForceProtected": true});
        admin
            .send("PUT /admin/realms/{realm}", &[("realm", name)], Some(protected))
            .await
            .assert_done();
    }
    fail(&admin, &other).await;
    for user in [id.as_str(), "nope"] {
        let path = [("realm", realm.as_str()), ("user", user)];
        admin.send(GET, &path, None).await.assert(200, &nothing());
        admin.send(FORGET, &path, None).await.assert_done();
    }
    let kept = admin.send(GET, &[("realm", &other), ("user", &id)], None).await;
    assert_eq!(kept.body["numFailures"], 1, "another realm's count was forgotten");
}

#[tokio::test]
async fn attack_detection_asks_who_calls() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str()), ("user", "x")];
    admin.assert_guarded(&realm, GET, &path, None).await;
    admin.assert_guarded(&realm, FORGET, &path, None).await;
    let all = "DELETE /admin/realms/{realm}/attack-detection/brute-force/users";
    admin.assert_guarded(&realm, all, &path[..1], None).await;
    let viewer = admin.as_user(&realm, &["view-users"]).await;
    assert_eq!(viewer.send(FORGET, &path, None).await.status, 403);
    assert_eq!(viewer.send(all, &path[..1], None).await.status, 403);
}
