//! The database goes away while the server runs: what needs memory alone goes on for a while, what must write says
//! so at once, and everything comes back by itself.

use keyward_domain::client::AccessTokenFormat;
use keyward_server::jobs;

use crate::support::{CERTS, Credentials, DISCOVERY, Request, Response, SEALER, TestServer, service};

#[track_caller]
fn unavailable(answer: &Response) {
    answer.assert_error(
        503,
        "temporarily_unavailable",
        "Storage is out of reach. Try again later.",
    );
    assert_eq!(answer.header("retry-after"), Some("2"));
}

async fn opaque(server: &TestServer) -> Credentials {
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    server.create("opaque", settings).await
}

#[tokio::test]
async fn issuance_and_introspection_go_on_for_half_a_minute() {
    let server = TestServer::start().await;
    let (token, revoked) = (
        server.access_token(&server.service).await,
        server.access_token(&server.service).await,
    );
    server.revoke(&server.service, &revoked).await;
    server.outage.begin();
    for secs in [0, 10, 20] {
        server.clock.advance(secs);
        assert!(jobs::follow_changes::tick(&server.app).await.is_err());
        assert!(server.is_active(&server.api, &token).await);
        assert!(!server.is_active(&server.api, &revoked).await);
        assert_eq!(server.token(&server.service, &[]).await.status, 200);
        for path in [DISCOVERY, CERTS, "/realms/demo"] {
            assert_eq!(Request::get(path).send(&server).await.status, 200, "{path}");
        }
    }
    // Whether another node revoked something since cannot be known any longer.
    server.clock.advance(1);
    unavailable(&server.token(&server.service, &[]).await);
    unavailable(&server.introspect(&server.api, &token).await);
    for path in [DISCOVERY, CERTS, "/realms/demo"] {
        unavailable(&Request::get(path).send(&server).await);
    }
    server.outage.end();
    server.follow().await;
    assert!(server.is_active(&server.api, &token).await);
    assert!(!server.is_active(&server.api, &revoked).await);
    assert_eq!(server.token(&server.service, &[]).await.status, 200);
}

#[tokio::test]
async fn what_must_write_says_so_at_once() {
    let server = TestServer::start().await;
    let opaque = opaque(&server).await;
    let (token, row) = (
        server.access_token(&server.service).await,
        server.access_token(&opaque).await,
    );
    server.outage.begin();
    unavailable(&server.revoke(&server.service, &token).await);
    unavailable(&server.revoke(&opaque, &row).await);
    unavailable(&server.token(&opaque, &[]).await);
    unavailable(&server.introspect(&server.api, &row).await);
    assert!(
        server.is_active(&server.api, &token).await,
        "a revocation that failed has no effect"
    );
    server.outage.end();
    assert_eq!(server.token(&opaque, &[]).await.status, 200);
    assert!(server.is_active(&server.api, &row).await);
    assert_eq!(server.revoke(&server.service, &token).await.status, 200);
    assert!(!server.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn a_wrong_secret_is_still_a_wrong_secret() {
    let server = TestServer::start().await;
    server.outage.begin();
    let answer = server.token(&Credentials::new("backend-service", "wrong"), &[]).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_realm_that_was_not_in_memory_cannot_be_looked_up() {
    let server = TestServer::start().await;
    server.add_realm().await;
    server.outage.begin();
    unavailable(&Request::get("/realms/other").send(&server).await);
    server.outage.end();
    assert_eq!(Request::get("/realms/other").send(&server).await.status, 200);
}

#[tokio::test]
async fn changes_made_meanwhile_are_not_missed() {
    let server = TestServer::start().await;
    let second = server.second_node().await;
    let token = server.access_token(&server.service).await;
    server.revoke(&server.service, &token).await;
    let late = server.create("late", service()).await;
    server.outage.begin();
    assert!(jobs::follow_changes::tick(&second.app).await.is_err());
    assert!(jobs::rotate_keys::tick(&second.app, "second").await.is_err());
    assert!(jobs::sweep::tick(&second.app, "second").await.is_err());
    server.outage.end();
    second.follow().await;
    assert!(!second.is_active(&server.api, &token).await);
    assert_eq!(second.token(&late, &[]).await.status, 200);
}

#[tokio::test]
async fn a_node_does_not_start_without_its_store() {
    let server = TestServer::start().await;
    server.outage.begin();
    let app = keyward_server::App::new(keyward_server::app::Parts {
        passwords: crate::support::passwords(),
        settings: keyward_server::Settings::loopback(server.address),
        store: std::sync::Arc::<crate::support::Outage>::clone(&server.outage),
        sealer: std::sync::Arc::clone(&SEALER),
        clock: std::sync::Arc::<keyward_testkit::TestClock>::clone(&server.clock),
        events: std::sync::Arc::<crate::support::node::Seen>::clone(&server.seen),
        observer: std::sync::Arc::<crate::support::node::Seen>::clone(&server.seen),
    });
    assert!(app.catch_up(&["demo"]).await.is_err());
    assert!(!app.is_fresh(keyward_testkit::builders::NOW));
}
