//! The server's own guard: a token that has passed many times is refused on the first request after it, its client or
//! its person came to an end, in the same words at every endpoint.

use keyward_domain::Clock as _;
use keyward_domain::client::AccessTokenFormat;
use serde_json::{Value, json};

use crate::support::client::mapper;
use crate::support::jwt::{claims, header, with};
use crate::support::person::spa;
use crate::support::tokens::text;
use crate::support::{ACCOUNT, Credentials, Node, Request, Response, TestServer, USERINFO};

const BAD: &str = r#"Bearer realm="demo", error="invalid_token", error_description="Token verification failed""#;

async fn front() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

async fn account(node: &Node, token: &str) -> Response {
    Request::get(ACCOUNT)
        .header("Accept", "application/json")
        .header("Authorization", &format!("Bearer {token}"))
        .send(node)
        .await
}

/// Shows a token everywhere, twice, so that it is remembered as verified.
async fn shown(server: &TestServer, node: &Node, token: &str) {
    for _ in 0..2 {
        let answers = [node.userinfo(token).await, account(node, token).await];
        assert_eq!(answers.map(|answer| answer.status), [200, 200]);
        assert!(node.is_active(&server.api, token).await);
    }
}

async fn refused_everywhere(server: &TestServer, node: &Node, token: &str) {
    let form = Request::post(USERINFO).form(&[("access_token", token)]);
    for answer in [node.userinfo(token).await, form.send(node).await] {
        assert_eq!((answer.status, answer.text()), (401, ""), "{answer:?}");
        assert_eq!(answer.header("www-authenticate"), Some(BAD));
    }
    let answer = account(node, token).await;
    assert_eq!(
        (answer.status, answer.text()),
        (401, r#"{"error":"HTTP 401 Unauthorized"}"#)
    );
    assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="demo""#));
    assert!(!node.is_active(&server.api, token).await);
}

/// A token of each format that was shown everywhere is refused everywhere after `end`.
async fn ends_at_once(end: impl AsyncFn(&TestServer, &Value)) {
    for format in [AccessTokenFormat::Keycloak, AccessTokenFormat::Opaque] {
        let server = front().await;
        let front = Credentials::new("front", "");
        server
            .edit(&front, |client| client.settings.access_token.format = format)
            .await;
        let tokens = server.tokens("alice", "front", &[]).await;
        let token = text(&tokens, "access_token");
        shown(&server, &server, token).await;
        end(&server, &tokens).await;
        refused_everywhere(&server, &server, token).await;
    }
}

#[tokio::test]
async fn a_token_revoked_a_moment_ago() {
    ends_at_once(async |server, tokens| {
        let form = [("client_id", "front"), ("token", text(tokens, "access_token"))];
        let answer = Request::post(crate::support::REVOKE).form(&form).send(server).await;
        assert_eq!(answer.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_a_grant_that_was_revoked() {
    ends_at_once(async |server, tokens| {
        let form = [("client_id", "front"), ("token", text(tokens, "refresh_token"))];
        let answer = Request::post(crate::support::REVOKE).form(&form).send(server).await;
        assert_eq!(answer.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_a_session_that_was_logged_out() {
    ends_at_once(async |server, tokens| {
        assert_eq!(server.log_out(text(tokens, "refresh_token")).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_a_person_who_was_disabled() {
    ends_at_once(async |server, _| server.disable("alice").await).await;
}

#[tokio::test]
async fn a_token_of_a_client_that_was_disabled() {
    ends_at_once(async |server, _| {
        let front = Credentials::new("front", "");
        server.edit(&front, |client| client.enabled = false).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_from_before_the_realms_not_before() {
    ends_at_once(async |server, _| {
        let next = server.clock.now().plus_secs(1);
        server.edit_realm(|realm| realm.not_before = next).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_over() {
    ends_at_once(async |server, _| server.wait(300).await).await;
}

#[tokio::test]
async fn a_token_whose_key_was_taken_away() {
    let server = front().await;
    let token = text(&server.tokens("alice", "front", &[]).await, "access_token").to_owned();
    shown(&server, &server, &token).await;
    let kid = header(&token)["kid"].as_str().unwrap().to_owned();
    server
        .change(async |tx| assert!(tx.delete_key(server.realm.id, &kid).await.unwrap()))
        .await;
    refused_everywhere(&server, &server, &token).await;
}

#[tokio::test]
async fn a_token_that_another_node_revoked() {
    let server = front().await;
    let second = server.second_node().await;
    let token = text(&server.tokens("alice", "front", &[]).await, "access_token").to_owned();
    second.follow().await;
    shown(&server, &second, &token).await;
    let form = [("client_id", "front"), ("token", token.as_str())];
    let answer = Request::post(crate::support::REVOKE).form(&form).send(&server).await;
    assert_eq!(answer.status, 200);
    refused_everywhere(&server, &server, &token).await;
    second.follow().await;
    refused_everywhere(&server, &second, &token).await;
}

#[tokio::test]
async fn a_token_shown_at_another_realm() {
    let server = front().await;
    let other = server.add_realm().await;
    server.create_in(&other, "front", spa()).await;
    let token = text(&server.tokens("alice", "front", &[]).await, "access_token").to_owned();
    shown(&server, &server, &token).await;
    for path in [
        "/realms/other/protocol/openid-connect/userinfo",
        "/realms/other/account",
    ] {
        let request = Request::get(path).header("Authorization", &format!("Bearer {token}"));
        assert_eq!(request.send(&server).await.status, 401, "{path}");
    }
    shown(&server, &server, &token).await;
}

#[tokio::test]
async fn a_change_of_the_realm_alone_ends_nothing() {
    let server = front().await;
    let token = text(&server.tokens("alice", "front", &[]).await, "access_token").to_owned();
    shown(&server, &server, &token).await;
    server.edit_realm(|_| {}).await;
    shown(&server, &server, &token).await;
}

#[tokio::test]
async fn a_person_who_cannot_be_read_is_no_bad_token() {
    let server = front().await;
    let token = text(&server.tokens("alice", "front", &[]).await, "access_token").to_owned();
    shown(&server, &server, &token).await;
    server.outage.begin();
    shown(&server, &server, &token).await;
    server.outage.end();
    server.edit_person("alice", |_| {}).await;
    server.outage.begin();
    for answer in [
        server.userinfo(&token).await,
        account(&server, &token).await,
        server.introspect(&server.api, &token).await,
    ] {
        let told = "Storage is out of reach. Try again later.";
        answer.assert_error(503, "temporarily_unavailable", told);
    }
    server.outage.end();
    shown(&server, &server, &token).await;
}

#[tokio::test]
async fn a_claim_that_looks_like_another_tokens_is_the_operators_own() {
    let server = front().await;
    let mut settings = spa();
    settings
        .mappers
        .push(mapper("nonce", "oidc-nonce-backwards-compatible-mapper", &[]));
    server.create("mapped", settings).await;
    let tokens = server.tokens("alice", "mapped", &[("nonce", "n-1")]).await;
    let token = text(&tokens, "access_token").to_owned();
    assert_eq!(claims(&token)["nonce"], "n-1");
    shown(&server, &server, &token).await;
}

#[tokio::test]
async fn a_token_bound_to_a_key_is_no_bearer_token() {
    let server = front().await;
    let token = text(&server.tokens("alice", "front", &[]).await, "access_token").to_owned();
    let own = server.sign_as_realm("JWT", &claims(&token)).await;
    shown(&server, &server, &own).await;
    let bound = with(&claims(&token), "cnf", json!({ "jkt": "x" }));
    let bound = server.sign_as_realm("JWT", &bound).await;
    refused_everywhere(&server, &server, &bound).await;
}
