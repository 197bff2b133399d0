//! Realms without a password policy take any password, as Keycloak's do.

use serde_json::{Value, json};

use super::support::Admin;
use super::users::log_in;

const CREATE: &str = "POST /admin/realms/{realm}/users";
const RESET: &str = "PUT /admin/realms/{realm}/users/{user}/reset-password";

fn with_password(username: &str, value: &str) -> Value {
    json!({ "username": username, "enabled": true, "credentials": [{ "type": "password", "value": value }] })
}

#[tokio::test]
async fn a_realm_that_names_no_policy_takes_a_short_password() {
    let admin = Admin::start().await;
    let made = admin.realm().await;
    let file = json!({ "realm": "from-a-file", "enabled": true, "users": [with_password("bob", "b")] });
    admin.send("POST /admin/realms", &[], Some(file)).await.created();
    assert_eq!(log_in(&admin, "from-a-file", "bob", "b").await.0, 200);
    for realm in [made.as_str(), "from-a-file"] {
        let path = [("realm", realm)];
        let seen = admin.send("GET /admin/realms/{realm}", &path, None).await;
        assert_eq!(seen.body.get("passwordPolicy"), None);
        let user = admin
            .send(CREATE, &path, Some(with_password("alice", "pw")))
            .await
            .created();
        assert_eq!(log_in(&admin, realm, "alice", "pw").await.0, 200);
        let its = [path[0], ("user", user.as_str())];
        let password = |value: &str| Some(json!({ "type": "password", "value": value }));
        admin.send(RESET, &its, password("x")).await.assert_done();
        assert_eq!(log_in(&admin, realm, "alice", "x").await.0, 200);
        for nothing in ["", "  "] {
            let refused = admin.send(RESET, &its, password(nothing)).await;
            refused.assert(400, &json!({ "error": "Empty password not allowed" }));
        }
        // What forms send for no password is none.
        admin
            .send(CREATE, &path, Some(with_password("carol", "")))
            .await
            .created();
        assert_eq!(log_in(&admin, realm, "carol", "").await.0, 400);
        assert_eq!(
            admin.send(CREATE, &path, Some(with_password("dave", " "))).await.status,
            400
        );
    }
}

#[tokio::test]
async fn a_policy_that_is_taken_away_asks_for_nothing() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    for (policy, status) in [("length(8)", 400), ("", 201)] {
        let body = json!({ "passwordPolicy": policy });
        admin
            .send("PUT /admin/realms/{realm}", &path, Some(body))
            .await
            .assert_done();
        let reply = admin.send(CREATE, &path, Some(with_password("alice", "pw"))).await;
        assert_eq!(reply.status, status, "{policy} {reply:?}");
    }
}

/// The realms of our own commands: `demo` is one.
#[tokio::test]
async fn a_realm_of_our_own_names_its_policy() {
    let admin = Admin::start().await;
    let path = [("realm", "demo")];
    let seen = admin.send("GET /admin/realms/{realm}", &path, None).await;
    assert_eq!(seen.body["passwordPolicy"], "length(8)");
    assert_eq!(
        super::export::whole(&admin, "demo").await["passwordPolicy"],
        "length(8)"
    );
    let reply = admin.send(CREATE, &path, Some(with_password("alice2", "pw"))).await;
    assert_eq!(reply.status, 400, "{reply:?}");
}
