//! Introspection and revocation of the tokens of people (RFC 7662, RFC 7009).

use keyward_domain::Clock as _;
use keyward_domain::client::{AccessTokenFormat, ClientSettings, ClientType, RefreshRotation};
use keyward_domain::id::SessionId;
use keyward_domain::ports::Store as _;
use serde_json::{Value, json};

use crate::support::jwt::claims;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::tokens::text;
use crate::support::{Browser, Credentials, INTROSPECT, REVOKE, Request, Response, TestServer};

const INACTIVE: &str = r#"{"active":false}"#;

struct Shop {
    server: TestServer,
    web: Credentials,
}

/// A confidential client with whatever else, and a person.
async fn shop_with(edit: impl FnOnce(&mut ClientSettings)) -> Shop {
    let server = TestServer::start().await;
    let mut settings = ClientSettings {
        client_type: ClientType::Confidential,
        direct_access_grants: true,
        ..spa()
    };
    edit(&mut settings);
    let web = server.create("web", settings).await;
    server.create("front", spa()).await;
    server.person("alice").await;
    Shop { server, web }
}

async fn shop() -> Shop {
    shop_with(|_| {}).await
}

impl Shop {
    async fn tokens(&self, scope: &str) -> Value {
        let form = [
            ("grant_type", "password"),
            ("username", "alice"),
            ("password", PASSWORD),
            ("scope", scope),
        ];
        let answer = self.server.ask(Some(&self.web), &form).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn inactive(&self, caller: &Credentials, token: &str) {
        let answer = self.server.introspect(caller, token).await;
        assert_eq!((answer.status, answer.text()), (200, INACTIVE));
    }

    async fn has_session(&self, tokens: &Value) -> bool {
        let sid: SessionId = text(tokens, "session_state").parse().unwrap();
        let mut tx = self.server.outage.read().await.unwrap();
        tx.session(sid).await.unwrap().is_some()
    }
}

async fn revoke_public(server: &TestServer, client_id: &str, token: &str) -> Response {
    let form = [("client_id", client_id), ("token", token)];
    Request::post(REVOKE).form(&form).send(server).await
}

#[tokio::test]
async fn an_access_token_is_told_whole_to_its_api() {
    let shop = shop().await;
    let tokens = shop.tokens("openid profile email orders:read").await;
    let token = text(&tokens, "access_token");
    let answer = shop.server.introspect(&shop.server.api, token).await;
    answer.assert_headers(&[
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ]);
    let mut expected = claims(token);
    for (name, value) in [
        ("username", json!("alice")),
        ("token_type", json!("Bearer")),
        ("active", json!(true)),
    ] {
        expected[name] = value;
    }
    assert_eq!(answer.json(), expected);
    for number in ["exp", "iat", "auth_time"] {
        assert!(expected[number].is_i64(), "{number}");
    }
    for name in ["sub", "aud", "iss", "jti", "scope", "client_id", "acr", "sid", "azp"] {
        assert!(!expected[name].is_null(), "{name}");
    }
}

#[tokio::test]
async fn a_minimal_token_still_has_a_user_name() {
    let shop = shop().await;
    let tokens = shop.tokens("openid").await;
    let told = shop
        .server
        .introspect(&shop.server.api, text(&tokens, "access_token"))
        .await
        .json();
    assert_eq!((&told["username"], told.get("email")), (&json!("alice"), None));
}

#[tokio::test]
async fn only_the_audience_learns_of_it() {
    let shop = shop().await;
    let tokens = shop.tokens("openid").await;
    for caller in [&shop.web, &shop.server.service] {
        shop.inactive(caller, text(&tokens, "access_token")).await;
    }
    let form = [("client_id", "front"), ("token", text(&tokens, "access_token"))];
    let answer = Request::post(INTROSPECT).form(&form).send(&shop.server).await;
    answer.assert_error(403, "invalid_request", "Client not allowed.");
    let form = [("token", text(&tokens, "access_token"))];
    let answer = Request::post(INTROSPECT).form(&form).send(&shop.server).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn an_id_token_is_no_token_to_ask_about() {
    let shop = shop().await;
    let tokens = shop.tokens("openid").await;
    for caller in [&shop.web, &shop.server.api] {
        shop.inactive(caller, text(&tokens, "id_token")).await;
    }
}

#[tokio::test]
async fn a_refresh_token_is_its_clients_own_affair() {
    let shop = shop().await;
    let tokens = shop.tokens("openid email").await;
    let token = text(&tokens, "refresh_token");
    let mut expected = claims(token);
    for (name, value) in [("client_id", "web"), ("username", "alice"), ("token_type", "Refresh")] {
        expected[name] = json!(value);
    }
    expected["active"] = json!(true);
    for hint in ["", "refresh_token", "access_token", "no_such"] {
        let form = [("token", token), ("token_type_hint", hint)];
        let answer = Request::post(INTROSPECT).basic(&shop.web).form(&form);
        let answer = answer.send(&shop.server).await;
        assert_eq!((answer.status, answer.json()), (200, expected.clone()), "{hint}");
    }
    for caller in [&shop.server.api, &shop.server.service] {
        shop.inactive(caller, token).await;
    }
}

#[tokio::test]
async fn a_refresh_token_that_ended_is_inactive() {
    let shop = shop().await;
    let server = &shop.server;
    let idle = shop.tokens("openid").await;
    server.wait(1799).await;
    assert!(server.is_active(&shop.web, text(&idle, "refresh_token")).await);
    server.wait(1).await;
    shop.inactive(&shop.web, text(&idle, "refresh_token")).await;
    let revoked = shop.tokens("openid").await;
    server.revoke(&shop.web, text(&revoked, "refresh_token")).await;
    shop.inactive(&shop.web, text(&revoked, "refresh_token")).await;
    let of_disabled = shop.tokens("openid").await;
    server.disable("alice").await;
    shop.inactive(&shop.web, text(&of_disabled, "refresh_token")).await;
    shop.inactive(&server.api, text(&of_disabled, "access_token")).await;
}

#[tokio::test]
async fn a_refresh_token_that_is_too_old_for_the_realm_is_inactive() {
    let shop = shop().await;
    let server = &shop.server;
    let tokens = shop.tokens("openid").await;
    let token = text(&tokens, "refresh_token");
    server.wait(10).await;
    let now = server.clock.now();
    server.edit_realm(|realm| realm.not_before = now).await;
    server
        .refresh_as(&shop.web, token)
        .await
        .assert_error(400, "invalid_grant", "Stale token");
    shop.inactive(&shop.web, token).await;
    server.edit_realm(|_| {}).await;
    assert!(server.is_active(&shop.web, token).await);
    server.edit(&shop.web, |client| client.not_before = now).await;
    shop.inactive(&shop.web, token).await;
}

#[tokio::test]
async fn a_superseded_refresh_token_is_inactive() {
    let shop = shop_with(|settings| settings.refresh_rotation = RefreshRotation::Always).await;
    let tokens = shop.tokens("openid").await;
    let next = shop
        .server
        .refresh_as(&shop.web, text(&tokens, "refresh_token"))
        .await
        .json();
    let token = text(&next, "refresh_token");
    assert!(shop.server.is_active(&shop.web, token).await);
    shop.server.refresh_as(&shop.web, token).await;
    shop.inactive(&shop.web, text(&tokens, "refresh_token")).await;
    // To be asked about is not to be used.
    let third = shop.server.refresh_as(&shop.web, token).await;
    assert_eq!(third.status, 200);
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_everything_with_it() {
    let shop = shop().await;
    let server = &shop.server;
    let first = shop.tokens("openid").await;
    let token = text(&first, "refresh_token");
    let second = server.refresh_as(&shop.web, token).await.json();
    let other = shop.tokens("openid").await;
    let answer = server.revoke(&shop.web, token).await;
    assert_eq!((answer.status, answer.text()), (200, ""));
    for tokens in [&first, &second] {
        assert!(!server.is_good(tokens).await);
    }
    let refused = server.refresh_as(&shop.web, token).await;
    refused.assert_error(400, "invalid_grant", "Session not active");
    assert!(server.is_good(&other).await);
    // Once more is no error (RFC 7009 §2.2).
    assert_eq!(server.revoke(&shop.web, token).await.status, 200);
}

#[tokio::test]
async fn the_hint_limits_nothing() {
    let shop = shop().await;
    for (member, hint) in [("refresh_token", "access_token"), ("access_token", "refresh_token")] {
        let tokens = shop.tokens("openid").await;
        let form = [("token", text(&tokens, member)), ("token_type_hint", hint)];
        let request = Request::post(REVOKE).basic(&shop.web).form(&form);
        assert_eq!(request.send(&shop.server).await.status, 200);
        assert!(!shop.server.is_good(&tokens).await, "{member} {hint}");
    }
}

#[tokio::test]
async fn a_revoked_access_token_leaves_the_refresh_token() {
    for format in [AccessTokenFormat::Keycloak, AccessTokenFormat::Opaque] {
        let shop = shop_with(|settings| settings.access_token.format = format).await;
        let tokens = shop.tokens("openid").await;
        let answer = shop.server.revoke(&shop.web, text(&tokens, "access_token")).await;
        assert_eq!(answer.status, 200);
        assert!(!shop.server.is_good(&tokens).await);
        let next = shop.server.refresh_as(&shop.web, text(&tokens, "refresh_token")).await;
        assert_eq!(next.status, 200);
        assert!(shop.server.is_good(&next.json()).await);
    }
}

#[tokio::test]
async fn a_token_of_another_client_stays_as_it_is() {
    let shop = shop().await;
    let server = &shop.server;
    let tokens = shop.tokens("openid").await;
    for member in ["access_token", "refresh_token"] {
        let token = text(&tokens, member);
        for answer in [
            server.revoke(&server.service, token).await,
            server.revoke(&server.api, token).await,
            revoke_public(server, "front", token).await,
        ] {
            answer.assert_error(400, "invalid_request", "Unmatching clients");
        }
        assert_eq!(revoke_public(server, "web", token).await.status, 401);
    }
    assert!(server.is_good(&tokens).await);
    assert_eq!(
        server
            .refresh_as(&shop.web, text(&tokens, "refresh_token"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_public_client_revokes_by_its_name() {
    let shop = shop().await;
    let tokens = shop.server.tokens("alice", "front", &[]).await;
    let answer = revoke_public(&shop.server, "front", text(&tokens, "refresh_token")).await;
    assert_eq!(answer.status, 200);
    assert!(!shop.server.is_good(&tokens).await);
}

#[tokio::test]
async fn garbage_is_as_good_as_revoked() {
    let shop = shop().await;
    let tokens = shop.tokens("openid").await;
    for garbage in ["x", "a.b.c", text(&tokens, "id_token")] {
        let answer = shop.server.revoke(&shop.web, garbage).await;
        assert_eq!((answer.status, answer.text()), (200, ""));
    }
    assert!(shop.server.is_good(&tokens).await);
}

#[tokio::test]
async fn a_session_ends_with_its_last_grant() {
    let shop = shop().await;
    let server = &shop.server;
    server.create("second", spa()).await;
    let mut browser = Browser::new(server);
    let code = browser.code("alice", "front", &[]).await;
    let first = server.redeem("front", &code).await.json();
    let silent = browser.get(&authorize("second", &[("prompt", "none")])).await;
    let second = server.redeem("second", &code_of(&silent)).await.json();
    revoke_public(server, "front", text(&first, "refresh_token")).await;
    assert!(shop.has_session(&first).await);
    assert!(server.is_good(&second).await);
    revoke_public(server, "second", text(&second, "refresh_token")).await;
    assert!(!shop.has_session(&first).await);
    let answer = browser.get(&authorize("front", &[("prompt", "none")])).await;
    assert!(answer.header("location").unwrap().contains("error=login_required"));
}

#[tokio::test]
async fn an_offline_token_ends_alone() {
    let shop = shop().await;
    let tokens = shop.tokens("openid offline_access").await;
    let token = text(&tokens, "refresh_token");
    let told = shop.server.introspect(&shop.web, token).await.json();
    assert_eq!(
        (&told["active"], &told["token_type"]),
        (&json!(true), &json!("Offline"))
    );
    assert_eq!(shop.server.revoke(&shop.web, token).await.status, 200);
    assert!(!shop.server.is_good(&tokens).await);
    assert!(shop.has_session(&tokens).await);
}
