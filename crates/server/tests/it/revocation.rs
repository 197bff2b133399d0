//! Token revocation (RFC 7009).

use keyward_domain::client::{AccessTokenFormat, ClientSettings, ClientType};
use keyward_domain::ports::Store as _;
use keyward_domain::ports::changes::Change;

use crate::support::jwt::claims;
use crate::support::{Credentials, REVOKE, Request, TestServer, service};

async fn opaque(server: &TestServer) -> Credentials {
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    server.create("opaque", settings).await
}

#[tokio::test]
async fn a_revoked_token_is_inactive_at_once() {
    let server = TestServer::start().await;
    for client in [server.service.clone(), opaque(&server).await] {
        let (token, kept) = (server.access_token(&client).await, server.access_token(&client).await);
        assert!(server.is_active(&server.api, &token).await);
        let answer = server.revoke(&client, &token).await;
        assert_eq!((answer.status, answer.text()), (200, ""));
        answer.assert_headers(&[("cache-control", "no-store"), ("pragma", "no-cache")]);
        assert!(!server.is_active(&server.api, &token).await);
        assert!(server.is_active(&server.api, &kept).await, "its other token lives on");
        assert_eq!(
            server.revoke(&client, &token).await.status,
            200,
            "twice is as good as once"
        );
    }
}

#[tokio::test]
async fn an_unknown_token_is_as_good_as_revoked() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let tampered = format!("{}AAAA", &token[..token.len() - 4]);
    for token in ["garbage", "a.b.c", &format!("kwt_{}", "A".repeat(64)), &tampered] {
        let answer = server.revoke(&server.service, token).await;
        assert_eq!((answer.status, answer.text()), (200, ""), "{token}");
    }
    assert!(server.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn revoking_a_token_of_another_client_leaves_it_alive() {
    let server = TestServer::start().await;
    let public = ClientSettings {
        client_type: ClientType::Public,
        ..ClientSettings::default()
    };
    server.create("frontend-app", public).await;
    for client in [server.service.clone(), opaque(&server).await] {
        let token = server.access_token(&client).await;
        let answer = server.revoke(&server.api, &token).await;
        answer.assert_error(400, "invalid_request", "Unmatching clients");
        let form = [("client_id", "frontend-app"), ("token", &token)];
        let answer = Request::post(REVOKE).form(&form).send(&server).await;
        answer.assert_error(400, "invalid_request", "Unmatching clients");
        assert!(server.is_active(&server.api, &token).await);
    }
}

#[tokio::test]
async fn a_token_of_another_realm_is_not_touched() {
    let server = TestServer::start().await;
    let other = server.add_realm().await;
    let twin = server.create_in(&other, "backend-service", service()).await;
    let token = server.access_token(&server.service).await;
    let path = "/realms/other/protocol/openid-connect/revoke";
    let answer = Request::post(path)
        .basic(&twin)
        .form(&[("token", &token)])
        .send(&server)
        .await;
    assert_eq!((answer.status, answer.text()), (200, ""));
    assert!(server.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn a_hint_never_limits_the_search() {
    let server = TestServer::start().await;
    for hint in ["access_token", "refresh_token"] {
        let token = server.access_token(&server.service).await;
        let form = [("token", token.as_str()), ("token_type_hint", hint)];
        let answer = Request::post(REVOKE)
            .basic(&server.service)
            .form(&form)
            .send(&server)
            .await;
        assert_eq!(answer.status, 200, "{hint}");
        assert!(!server.is_active(&server.api, &token).await, "{hint}");
    }
}

#[tokio::test]
async fn a_type_that_cannot_be_revoked_is_named() {
    let server = TestServer::start().await;
    let form = [("token", "x"), ("token_type_hint", "id_token")];
    let answer = Request::post(REVOKE)
        .basic(&server.service)
        .form(&form)
        .send(&server)
        .await;
    answer.assert_error(400, "unsupported_token_type", "Unsupported token type");
}

#[tokio::test]
async fn an_order_without_a_token_is_malformed() {
    let server = TestServer::start().await;
    let answer = Request::post(REVOKE)
        .basic(&server.service)
        .form(&[])
        .send(&server)
        .await;
    answer.assert_error(400, "invalid_request", "Token not provided");
}

#[tokio::test]
async fn a_revocation_leaves_one_entry_that_ends_after_the_token() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let before = server.outage.read().await.unwrap().last_change().await.unwrap();
    server.revoke(&server.service, &token).await;
    server.revoke(&server.service, &token).await;
    let mut tx = server.outage.read().await.unwrap();
    let entries = tx.changes_after(before, 100).await.unwrap();
    assert_eq!(entries.len(), 1);
    let jti = claims(&token)["jti"].as_str().unwrap().to_owned();
    assert_eq!(entries[0].change, Change::TokenRevoked { jti });
    let exp = claims(&token)["exp"].as_i64().unwrap();
    assert!(entries[0].expires_at.secs() >= exp);
}

#[tokio::test]
async fn an_expired_token_needs_no_entry() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let before = server.outage.read().await.unwrap().last_change().await.unwrap();
    server.clock.advance(300);
    server.follow().await;
    assert_eq!(server.revoke(&server.service, &token).await.status, 200);
    assert_eq!(server.outage.read().await.unwrap().last_change().await.unwrap(), before);
}

#[tokio::test]
async fn a_revoked_token_stays_revoked_until_it_ends_anyway() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    server.revoke(&server.service, &token).await;
    server.clock.advance(299);
    server.follow().await;
    keyward_server::jobs::sweep::tick(&server.app, "node").await.unwrap();
    assert!(!server.is_active(&server.api, &token).await);
    let node = server.second_node().await;
    assert!(
        !node.is_active(&server.api, &token).await,
        "a node that starts later knows it too"
    );
}
