//! Which events a request leaves, and that no secret is in any of them.

use keyward_domain::Clock as _;
use keyward_domain::event::{Outcome, What};
use keyward_domain::ports::Store as _;
use keyward_testkit::builders::NOW;

use crate::support::jwt::claims;
use crate::support::{CERTS, Credentials, INTROSPECT, Request, TOKEN, TestServer};

/// The event as it is written, without the members that every event has.
fn written(what: &What) -> serde_json::Value {
    serde_json::to_value(what).unwrap()
}

#[tokio::test]
async fn an_issued_token() {
    let server = TestServer::start().await;
    let answer = server.token(&server.service, &[("scope", "orders:read")]).await;
    let jti = claims(&answer.member("access_token"))["jti"].clone();
    let event = server.seen.last();
    let expected = serde_json::json!({
        "event": "access_token_issued",
        "client": "backend-service",
        "grant_type": "client_credentials",
        "jti": jti,
        "scope": "orders:read",
    });
    assert_eq!(written(&event.what), expected);
    assert_eq!((event.at, event.realm.as_deref()), (server.clock.now(), Some("demo")));
    assert_eq!(event.address, Some("127.0.0.1".parse().unwrap()));
    assert_eq!(event.what.outcome(), Outcome::Success);
}

#[tokio::test]
async fn failures_say_exactly_why_and_the_answer_does_not() {
    let server = TestServer::start().await;
    let disabled = server.create("disabled", crate::support::service()).await;
    server.edit(&disabled, |client| client.enabled = false).await;
    for (client, reason, known) in [
        (Credentials::new("backend-service", "wrong"), "wrong_secret", true),
        (Credentials::new("unknown", "wrong"), "unknown_client", false),
        (disabled, "unknown_client", false),
    ] {
        server.token(&client, &[]).await;
        let What::ClientAuthenticationFailed {
            client: name,
            reason: why,
        } = server.seen.last().what
        else {
            panic!("{:?}", server.seen.last())
        };
        assert_eq!((why, name), (reason, known.then_some(client.client_id)));
    }
    let form = [("grant_type", "client_credentials"), ("client_id", "backend-service")];
    Request::post(TOKEN).form(&form).send(&server).await;
    let expected = serde_json::json!({
        "event": "client_authentication_failed",
        "client": "backend-service",
        "reason": "no_secret",
    });
    assert_eq!(written(&server.seen.last().what), expected);
    assert_eq!(server.seen.last().what.outcome(), Outcome::Failure);
}

#[tokio::test]
async fn a_refused_request_of_a_known_client() {
    let server = TestServer::start().await;
    server.token(&server.service, &[("scope", "no:such")]).await;
    let expected = serde_json::json!({
        "event": "token_request_refused",
        "client": "backend-service",
        "reason": "Invalid scopes: no:such",
    });
    assert_eq!(written(&server.seen.last().what), expected);
}

#[tokio::test]
async fn a_throttled_caller() {
    let server = TestServer::start().await;
    for _ in 0..=20 {
        server.token(&Credentials::new("backend-service", "wrong"), &[]).await;
    }
    assert_eq!(server.seen.last().what.name(), "client_authentication_throttled");
}

#[tokio::test]
async fn introspection_and_revocation() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let jti = claims(&token)["jti"].as_str().unwrap().to_owned();
    server.introspect(&server.api, &token).await;
    assert!(matches!(
        server.seen.last().what,
        What::TokenIntrospected { active: true, .. }
    ));
    server.revoke(&server.api, &token).await;
    assert!(matches!(server.seen.last().what, What::TokenRevocationRefused { .. }));
    server.revoke(&server.service, &token).await;
    let event = server.seen.last();
    assert!(matches!(&event.what, What::TokenRevoked { jti: revoked, .. } if *revoked == jti));
    server.introspect(&server.api, &token).await;
    assert!(matches!(
        server.seen.last().what,
        What::TokenIntrospected { active: false, .. }
    ));
    // What changes something is in the store, written with the change.
    let mut tx = server.outage.read().await.unwrap();
    let stored = tx.events_since("demo", NOW, 100).await.unwrap();
    let (_, record) = stored.iter().find(|(name, _)| name == "token_revoked").unwrap();
    let record: serde_json::Value = serde_json::from_str(record).unwrap();
    assert_eq!(
        (record["jti"].as_str(), record["client"].as_str()),
        (Some(jti.as_str()), Some("backend-service"))
    );
    assert_eq!(record["request_id"].as_str(), event.request_id.as_deref());
    let names: Vec<&str> = stored.iter().map(|(name, _)| name.as_str()).collect();
    for expected in ["realm_created", "client_created", "key_published"] {
        assert!(names.contains(&expected), "{expected} in {names:?}");
    }
}

#[tokio::test]
async fn no_event_holds_a_secret_or_a_token() {
    let server = TestServer::start().await;
    let canary = "canary-4b1d9f0e";
    let token = server.access_token(&server.service).await;
    server.token(&Credentials::new("backend-service", canary), &[]).await;
    server.token(&Credentials::new(canary, canary), &[]).await;
    let form = [
        ("client_id", "backend-service"),
        ("client_assertion", canary),
        ("grant_type", "client_credentials"),
    ];
    Request::post(TOKEN).form(&form).send(&server).await;
    Request::post(INTROSPECT)
        .basic(&server.api)
        .form(&[("token", canary)])
        .send(&server)
        .await;
    server.introspect(&server.api, &token).await;
    server.revoke(&server.service, &token).await;
    let mut tx = server.outage.read().await.unwrap();
    let stored = tx.events_since("demo", NOW, 100).await.unwrap();
    let all = serde_json::to_string(&server.seen.events()).unwrap() + &format!("{stored:?}");
    for secret in [canary, &server.service.secret, &server.api.secret, &token] {
        assert!(!all.contains(secret), "{secret} is in {all}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_the_name_of_their_route() {
    let server = TestServer::start().await;
    server.token(&server.service, &[]).await;
    server.introspect(&server.api, "x").await;
    server.revoke(&server.service, "x").await;
    for path in [CERTS, crate::support::DISCOVERY, "/realms/demo", "/nothing", TOKEN] {
        Request::get(path).send(&server).await;
    }
    let expected = [
        ("token", 200),
        ("introspect", 200),
        ("revoke", 200),
        ("jwks", 200),
        ("metadata", 200),
        ("realm_info", 200),
        ("other", 404),
        ("other", 405),
    ];
    assert_eq!(server.seen.requests(), expected);
    assert!(
        expected
            .iter()
            .all(|(name, _)| keyward_server::routes::ENDPOINTS.contains(name))
    );
    assert!(server.seen.whats().len() >= 2);
}
