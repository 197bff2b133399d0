//! How long what a client was given lives: by its own word, by its realm's word for clients, within the login.

use std::num::NonZeroU32;

use keyward_domain::client::{ClientSettings, ClientType};
use keyward_domain::policy::grant_lifespan::ClientSessionLifespans;
use keyward_domain::policy::lifetime::SessionLifespans;
use serde_json::{Value, json};

use crate::support::jwt::claims;
use crate::support::person::{authorize, spa};
use crate::support::tokens::text;
use crate::support::{Browser, Credentials, TestServer, service};

const EXPIRED: &str = "Token is not active";
const ENDED: &str = "Session not active";
const OUTLIVED: &str = "Client session not active";
const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

fn says(idle: u32, max: u32) -> ClientSessionLifespans {
    ClientSessionLifespans {
        idle_timeout: NonZeroU32::new(idle),
        max_lifespan: NonZeroU32::new(max),
        ..ClientSessionLifespans::default()
    }
}

fn says_offline(idle: u32, max: u32) -> ClientSessionLifespans {
    ClientSessionLifespans {
        offline_idle_timeout: NonZeroU32::new(idle),
        offline_max_lifespan: NonZeroU32::new(max),
        ..ClientSessionLifespans::default()
    }
}

/// A public client, whose refresh tokens rotate, and a person.
async fn front(sessions: ClientSessionLifespans) -> TestServer {
    let server = TestServer::start().await;
    server.create("front", ClientSettings { sessions, ..spa() }).await;
    server.person("alice").await;
    server
}

async fn realm(server: &TestServer, edit: impl FnOnce(&mut SessionLifespans)) {
    server.edit_realm(|realm| edit(&mut realm.settings.sessions)).await;
}

async fn tokens(server: &TestServer) -> Value {
    server.tokens("alice", "front", &[]).await
}

async fn next(server: &TestServer, tokens: &Value) -> Value {
    let answer = server.refresh("front", text(tokens, "refresh_token")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn refused(server: &TestServer, tokens: &Value, why: &str) {
    server
        .refresh_refused("front", text(tokens, "refresh_token"), why)
        .await;
}

/// Seconds that the tokens of an answer live: the access token, the refresh token. What the answer says, what stands in
/// the tokens and what is in the ID token is the same.
#[track_caller]
fn lives(tokens: &Value) -> (i64, Option<i64>) {
    let of = |name: &str| {
        let claims = claims(text(tokens, name));
        Some(claims["exp"].as_i64()? - claims["iat"].as_i64()?)
    };
    let (access, refresh) = (of("access_token").unwrap(), of("refresh_token"));
    assert_eq!(of("id_token"), Some(access));
    assert_eq!(tokens["expires_in"], json!(access));
    assert_eq!(tokens["refresh_expires_in"], json!(refresh.unwrap_or(0)));
    (access, refresh)
}

#[tokio::test]
async fn a_grant_that_its_client_does_not_use_ends() {
    let server = front(says(100, 0)).await;
    let first = tokens(&server).await;
    assert_eq!(lives(&first), (300, Some(100)));
    server.wait(99).await;
    let second = next(&server, &first).await;
    assert_eq!(lives(&second), (300, Some(100)));
    server.wait(100).await;
    refused(&server, &second, EXPIRED).await;
}

#[tokio::test]
async fn a_grant_ends_after_what_its_client_says_and_so_do_its_tokens() {
    let server = front(says(0, 60)).await;
    let first = tokens(&server).await;
    assert_eq!(lives(&first), (60, Some(60)));
    server.wait(40).await;
    let second = next(&server, &first).await;
    assert_eq!(lives(&second), (20, Some(20)));
    server.wait(19).await;
    assert!(server.is_good(&second).await);
    server.wait(1).await;
    assert!(!server.is_good(&second).await);
    refused(&server, &second, EXPIRED).await;
    // The person is logged in still, and the client gets new tokens without asking them.
    let again = tokens(&server).await;
    assert_eq!(lives(&again), (60, Some(60)));
}

#[tokio::test]
async fn the_client_s_word_counts_before_the_realm_s_and_neither_outlives_the_login() {
    let server = front(ClientSessionLifespans::default()).await;
    server
        .create(
            "own",
            ClientSettings {
                sessions: says(300, 400),
                ..spa()
            },
        )
        .await;
    server
        .create(
            "long",
            ClientSettings {
                sessions: says(9_999, 99_999),
                ..spa()
            },
        )
        .await;
    realm(&server, |realm| {
        realm.client_session_idle_timeout = 200;
        realm.client_session_max_lifespan = 250;
    })
    .await;
    assert_eq!(lives(&tokens(&server).await), (250, Some(200)));
    assert_eq!(lives(&server.tokens("alice", "own", &[]).await), (300, Some(300)));
    assert_eq!(lives(&server.tokens("alice", "long", &[]).await), (300, Some(1_800)));
    realm(&server, |realm| realm.sso_session_max_lifespan = 120).await;
    assert_eq!(lives(&server.tokens("alice", "long", &[]).await), (120, Some(120)));
}

#[tokio::test]
async fn a_session_s_end_is_the_end_of_its_access_tokens() {
    let server = front(ClientSessionLifespans::default()).await;
    realm(&server, |realm| realm.sso_session_max_lifespan = 1_000).await;
    let first = tokens(&server).await;
    server.wait(900).await;
    assert_eq!(lives(&next(&server, &first).await), (100, Some(100)));
}

#[tokio::test]
async fn what_is_made_shorter_holds_at_once() {
    let server = front(ClientSessionLifespans::default()).await;
    let (idle, long) = (tokens(&server).await, tokens(&server).await);
    server.wait(50).await;
    realm(&server, |realm| realm.client_session_idle_timeout = 50).await;
    refused(&server, &idle, OUTLIVED).await;
    realm(&server, |realm| realm.client_session_idle_timeout = 51).await;
    let idle = next(&server, &idle).await;
    assert_eq!(lives(&idle), (300, Some(51)));
    realm(&server, |realm| realm.client_session_max_lifespan = 50).await;
    refused(&server, &long, OUTLIVED).await;
    realm(&server, |realm| realm.client_session_max_lifespan = 60).await;
    assert_eq!(lives(&next(&server, &idle).await), (10, Some(10)));
}

#[tokio::test]
async fn a_browser_s_session_that_is_made_shorter_ends_at_once() {
    let server = front(ClientSessionLifespans::default()).await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    server.wait(50).await;
    let page = authorize("front", &[("prompt", "none")]);
    let error = |answer: &crate::support::Response| {
        crate::support::browser::parameter(answer.header("location").unwrap(), "error")
    };
    realm(&server, |realm| realm.sso_session_max_lifespan = 50).await;
    assert_eq!(error(&browser.get(&page).await).as_deref(), Some("login_required"));
    realm(&server, |realm| realm.sso_session_max_lifespan = 51).await;
    assert_eq!(error(&browser.get(&page).await), None);
}

/// A confidential client, whose refresh tokens do not rotate.
async fn web(server: &TestServer, sessions: ClientSessionLifespans) -> Credentials {
    let settings = ClientSettings {
        client_type: ClientType::Confidential,
        sessions,
        ..spa()
    };
    server.create("web", settings).await
}

async fn tokens_of(server: &TestServer, client: &Credentials) -> Value {
    let code = Browser::new(server).code("alice", "web", &[]).await;
    let mut form = crate::support::tokens::redemption("", &code, &[]);
    form.retain(|(name, _)| *name != "client_id");
    server.ask(Some(client), &form).await.json()
}

#[tokio::test]
async fn a_grant_whose_tokens_stay_lives_by_its_use_however_short() {
    let server = front(ClientSessionLifespans::default()).await;
    let web = web(&server, says(3, 0)).await;
    let mut current = tokens_of(&server, &web).await;
    assert_eq!(lives(&current), (300, Some(3)));
    for _ in 0..5 {
        server.wait(2).await;
        let answer = server.refresh_as(&web, text(&current, "refresh_token")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        current = answer.json();
        assert_eq!(lives(&current), (300, Some(3)));
    }
    server.wait(3).await;
    let answer = server.refresh_as(&web, text(&current, "refresh_token")).await;
    answer.assert_error(400, "invalid_grant", EXPIRED);
}

#[tokio::test]
async fn tokens_that_stay_end_when_it_is_made_shorter() {
    let server = front(ClientSessionLifespans::default()).await;
    let web = web(&server, ClientSessionLifespans::default()).await;
    let first = tokens_of(&server, &web).await;
    let refresh_token = text(&first, "refresh_token");
    server.wait(50).await;
    for edit in [
        (|realm| realm.client_session_idle_timeout = 50) as fn(&mut SessionLifespans),
        |realm| realm.client_session_max_lifespan = 50,
    ] {
        realm(&server, edit).await;
        let answer = server.refresh_as(&web, refresh_token).await;
        answer.assert_error(400, "invalid_grant", OUTLIVED);
        let told = server.introspect(&web, refresh_token).await;
        assert_eq!((told.status, told.text()), (200, r#"{"active":false}"#));
    }
    realm(&server, |_| {}).await;
    assert_eq!(server.refresh_as(&web, refresh_token).await.status, 200);
    assert_eq!(
        server.introspect(&web, refresh_token).await.json()["active"],
        json!(true)
    );
}

#[tokio::test]
async fn offline_grants_have_a_longest_life_where_the_realm_says_so() {
    let server = front(ClientSessionLifespans::default()).await;
    let bounded = server.tokens("alice", "front", &OFFLINE).await;
    assert_eq!(lives(&bounded), (300, Some(2_592_000)));
    realm(&server, |realm| realm.offline_session_max_lifespan_enabled = false).await;
    let mut current = server.tokens("alice", "front", &OFFLINE).await;
    for _ in 0..12 {
        assert_eq!(lives(&current), (300, None));
        server.wait(29 * 86_400).await;
        current = next(&server, &current).await;
    }
    server.wait(30 * 86_400).await;
    refused(&server, &current, OUTLIVED).await;
}

#[tokio::test]
async fn a_client_s_word_for_offline_grants_counts_either_way() {
    let server = front(says_offline(100, 150)).await;
    server
        .create(
            "online",
            ClientSettings {
                sessions: says(10, 20),
                ..spa()
            },
        )
        .await;
    let told = server.tokens("alice", "front", &OFFLINE).await;
    assert_eq!(lives(&told), (150, Some(100)));
    // What is said of online grants is not said of offline ones.
    let other = server.tokens("alice", "online", &OFFLINE).await;
    assert_eq!(lives(&other), (300, Some(2_592_000)));
    realm(&server, |realm| realm.offline_session_max_lifespan_enabled = false).await;
    let untold = server.tokens("alice", "front", &OFFLINE).await;
    assert_eq!(lives(&untold), (150, None));
    server.wait(99).await;
    let untold = next(&server, &untold).await;
    assert_eq!(lives(&untold), (51, None));
    server.wait(51).await;
    refused(&server, &untold, ENDED).await;
    let unused = server.tokens("alice", "front", &OFFLINE).await;
    server.wait(100).await;
    refused(&server, &unused, OUTLIVED).await;
}

#[tokio::test]
async fn a_client_s_own_tokens_live_no_longer_than_a_login() {
    let server = TestServer::start().await;
    let sessions = says(10, 60);
    let client = server.create("short", ClientSettings { sessions, ..service() }).await;
    let answer = server.token(&client, &[]).await.json();
    let token = claims(text(&answer, "access_token"));
    assert_eq!(answer["expires_in"], json!(60));
    assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 60);
}
