//! Realms: unknown, disabled, new, and what everybody may know of one.

use keyward_domain::ports::Store as _;
use serde_json::json;

use crate::support::{CERTS, DISCOVERY, INTROSPECT, REVOKE, Request, TOKEN, TestServer};

#[tokio::test]
async fn an_unknown_realm_is_not_there() {
    let server = TestServer::start().await;
    for name in [
        "nowhere",
        "Demo",
        "DEMO",
        "d%65mo",
        "demo%00",
        "demo%2f",
        ".",
        "%2e%2e",
        "x;y",
        &"a".repeat(500),
    ] {
        for (method, path) in [
            ("GET", format!("/realms/{name}")),
            ("GET", format!("/realms/{name}/.well-known/openid-configuration")),
            ("GET", format!("/.well-known/oauth-authorization-server/realms/{name}")),
            ("GET", format!("/realms/{name}/protocol/openid-connect/certs")),
            ("POST", format!("/realms/{name}/protocol/openid-connect/token")),
            (
                "POST",
                format!("/realms/{name}/protocol/openid-connect/token/introspect"),
            ),
            ("POST", format!("/realms/{name}/protocol/openid-connect/revoke")),
        ] {
            let answer = Request::new(method, &path).send(&server).await;
            assert_eq!(
                (answer.status, answer.text()),
                (404, r#"{"error":"Realm does not exist"}"#),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_disabled_realm_answers_nothing_else() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    server.edit_realm(|realm| realm.enabled = false).await;
    for path in [TOKEN, INTROSPECT, REVOKE] {
        let form = [("grant_type", "client_credentials"), ("token", &token)];
        let answer = Request::post(path)
            .basic(&server.service)
            .form(&form)
            .send(&server)
            .await;
        answer.assert_error(403, "access_denied", "Realm not enabled");
    }
    for path in [DISCOVERY, CERTS, "/realms/demo"] {
        let answer = Request::get(path).send(&server).await;
        answer.assert_error(403, "access_denied", "Realm not enabled");
    }
    server.edit_realm(|realm| realm.enabled = true).await;
    assert!(server.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn what_everybody_may_know() {
    let server = TestServer::start().await;
    let answer = Request::get("/realms/demo").send(&server).await;
    assert_eq!(answer.status, 200);
    answer.assert_headers(&[
        ("cache-control", "no-cache"),
        ("content-type", "application/json"),
        ("access-control-allow-origin", "*"),
    ]);
    let public_key = answer.member("public_key");
    assert!(
        public_key.starts_with("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"),
        "{public_key}"
    );
    let expected = json!({
        "realm": "demo",
        "public_key": public_key,
        "token-service": format!("{}/protocol/openid-connect", server.issuer()),
        "account-service": format!("{}/account", server.issuer()),
        "tokens-not-before": 0,
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn a_new_realm_is_found_although_it_was_asked_for_before() {
    let server = TestServer::start().await;
    assert_eq!(Request::get("/realms/other").send(&server).await.status, 404);
    server.add_realm().await;
    assert_eq!(Request::get("/realms/other").send(&server).await.status, 200);
}

#[tokio::test]
async fn a_deleted_realm_is_gone() {
    let server = TestServer::start().await;
    let other = server.add_realm().await;
    assert_eq!(Request::get("/realms/other").send(&server).await.status, 200);
    let mut tx = server.outage.write().await.unwrap();
    assert!(tx.delete_realm(other.id).await.unwrap());
    let change = keyward_domain::ports::changes::Change::RealmChanged;
    let until = keyward_testkit::builders::NOW.plus_secs(3600);
    tx.append_change(other.id, &change, until).await.unwrap();
    tx.commit().await.unwrap();
    server.follow().await;
    assert_eq!(Request::get("/realms/other").send(&server).await.status, 404);
}

#[tokio::test]
async fn names_that_are_no_realm_cost_one_read_each() {
    let server = TestServer::start().await;
    let before = server.outage.opened();
    for _ in 0..5 {
        assert_eq!(Request::get("/realms/nowhere").send(&server).await.status, 404);
        assert_eq!(Request::get("/realms/no%20where").send(&server).await.status, 404);
    }
    assert_eq!(server.outage.opened() - before, 1);
}
