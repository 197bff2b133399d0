//! Logout (OIDC RP-Initiated Logout §2), and Keycloak's logout by refresh token.

use keyward_domain::client::{ClientSettings, ClientType};
use keyward_domain::event::What;
use serde_json::{Value, json};

use crate::support::browser::{Form, with_query};
use crate::support::jwt::{claims, with};
use crate::support::person::{authorize, code_of, spa};
use crate::support::tokens::text;
use crate::support::{Browser, LOGOUT, Request, Response, TestServer};

const BYE: &str = "https://app.example.com/bye";

const ASKED: &str = "Log out of demo?";
const DONE: &str = "You are logged out";
const REFUSED: &str = "We could not log you out this way";

async fn front() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

/// Logs alice in, and gives the tokens.
async fn logged_in(server: &TestServer, browser: &mut Browser<'_>) -> Value {
    let code = browser.code("alice", "front", &[]).await;
    let answer = server.redeem("front", &code).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

async fn is_logged_in(browser: &mut Browser<'_>) -> bool {
    let answer = browser.get(&authorize("front", &[("prompt", "none")])).await;
    let location = answer.header("location").unwrap();
    assert!(
        location.contains("code=") || location.contains("error=login_required"),
        "{location}"
    );
    location.contains("code=")
}

#[track_caller]
fn sent_to(answer: &Response, status: u16, location: &str) {
    assert_eq!(
        (answer.status, answer.header("location")),
        (status, Some(location)),
        "{answer:?}"
    );
    let lines = answer.cookies_set();
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("kw-session-demo=;") && line.contains("Max-Age=0")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn an_application_that_shows_its_id_token_logs_out_without_a_question() {
    let server = front().await;
    for posted in [false, true] {
        let mut browser = Browser::new(&server);
        let tokens = logged_in(&server, &mut browser).await;
        let form = [
            ("id_token_hint", text(&tokens, "id_token")),
            ("post_logout_redirect_uri", BYE),
            ("state", "s &=\u{fc}"),
        ];
        let there = format!("{BYE}?state=s+%26%3D%C3%BC");
        if posted {
            sent_to(&browser.post(LOGOUT, &form).await, 303, &there);
        } else {
            sent_to(&browser.get(&with_query(LOGOUT, &form)).await, 302, &there);
        }
        assert_eq!(browser.cookie("kw-session-demo"), None);
        assert!(!server.is_good(&tokens).await);
        server
            .refresh_refused("front", text(&tokens, "refresh_token"), "Session not active")
            .await;
        assert!(!is_logged_in(&mut browser).await);
    }
    let ended = |what: &What| matches!(what, What::LoggedOut { .. });
    assert_eq!(server.seen.whats().iter().filter(|what| ended(what)).count(), 2);
}

#[tokio::test]
async fn the_cookie_of_a_session_that_ended_opens_nothing() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let mut thief = browser.clone();
    let hint = [("id_token_hint", text(&tokens, "id_token"))];
    browser.get(&with_query(LOGOUT, &hint)).await.assert_page(200, DONE);
    assert!(!is_logged_in(&mut thief).await);
}

#[tokio::test]
async fn an_id_token_that_expired_is_hint_enough() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    server.wait(1000).await;
    let form = [
        ("id_token_hint", text(&tokens, "id_token")),
        ("post_logout_redirect_uri", BYE),
    ];
    sent_to(&browser.get(&with_query(LOGOUT, &form)).await, 302, BYE);
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn a_hint_that_is_not_ours_is_refused() {
    let server = front().await;
    let other = server.add_realm().await;
    server.create_in(&other, "front", spa()).await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let id_token = text(&tokens, "id_token");
    let body = claims(id_token);
    let [head, payload, _] = id_token.split('.').collect::<Vec<_>>().try_into().unwrap();
    for hint in [
        "garbage".to_owned(),
        format!("{head}.{payload}."),
        format!("{id_token}x"),
        text(&tokens, "access_token").to_owned(),
        text(&tokens, "refresh_token").to_owned(),
        server
            .sign_as_realm("JWT", &with(&body, "iss", json!("https://evil.example")))
            .await,
    ] {
        let form = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
        let answer = browser.get(&with_query(LOGOUT, &form)).await;
        answer.assert_page(400, REFUSED);
    }
    assert!(is_logged_in(&mut browser).await);
    // At another realm of the same server.
    let elsewhere = LOGOUT.replace("demo", "other");
    let answer = Browser::new(&server)
        .get(&with_query(&elsewhere, &[("id_token_hint", id_token)]))
        .await;
    answer.assert_page(400, REFUSED);
    assert!(server.is_good(&tokens).await);
}

#[tokio::test]
async fn the_client_that_is_named_must_be_the_hints() {
    let server = front().await;
    server.create("other", spa()).await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let id_token = text(&tokens, "id_token");
    for (client_id, fits) in [("other", false), ("no-such", false), ("front", true)] {
        let form = [
            ("id_token_hint", id_token),
            ("client_id", client_id),
            ("post_logout_redirect_uri", BYE),
        ];
        let answer = browser.get(&with_query(LOGOUT, &form)).await;
        if fits {
            sent_to(&answer, 302, BYE);
        } else {
            answer.assert_page(400, REFUSED);
            assert!(server.is_good(&tokens).await);
        }
    }
}

#[tokio::test]
async fn an_address_that_is_not_registered_is_never_gone_to() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let id_token = text(&tokens, "id_token");
    for uri in [
        "https://evil.example.org/",
        "https://app.example.com/bye/",
        "https://app.example.com/bye?x=1",
        "https://app.example.com/callback",
        "https://app.example.com/bye#x",
        "https://app.example.com@evil.example.org/bye",
        "//evil.example.org",
        "javascript:alert(1)",
        "<script>alert(1)</script>",
    ] {
        for form in [
            vec![("id_token_hint", id_token), ("post_logout_redirect_uri", uri)],
            vec![("client_id", "front"), ("post_logout_redirect_uri", uri)],
            vec![("post_logout_redirect_uri", uri)],
        ] {
            let answer = browser.get(&with_query(LOGOUT, &form)).await;
            answer.assert_page(400, REFUSED);
            assert!(!answer.text().contains("<script>alert"));
            assert_eq!(answer.cookies_set(), Vec::<&str>::new());
        }
    }
    // Nor a good one when nobody says whose it is.
    let answer = browser
        .get(&with_query(LOGOUT, &[("post_logout_redirect_uri", BYE)]))
        .await;
    answer.assert_page(400, REFUSED);
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn the_redirect_uris_may_stand_for_it() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        post_logout_redirect_uris: vec!["+".into()],
        ..spa()
    };
    server.create("front", settings).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let there = crate::support::person::CALLBACK;
    let form = [
        ("id_token_hint", text(&tokens, "id_token")),
        ("post_logout_redirect_uri", there),
    ];
    sent_to(&browser.get(&with_query(LOGOUT, &form)).await, 302, there);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    for answer in [
        browser.get(LOGOUT).await,
        browser.post(LOGOUT, &[]).await,
        browser.post(LOGOUT, &[("client_id", "front")]).await,
    ] {
        answer.assert_page(200, ASKED);
        assert!(answer.text().contains("id=\"kc-logout\""));
        assert_eq!(answer.cookies_set(), Vec::<&str>::new());
    }
    assert!(server.is_good(&tokens).await);
    let form = [
        ("client_id", "front"),
        ("post_logout_redirect_uri", BYE),
        ("state", "s"),
    ];
    let page = browser.get(&with_query(LOGOUT, &form)).await;
    page.assert_page(200, ASKED);
    assert!(page.text().contains("Front asks you to log out."));
    let answer = browser.submit(&page, &[("confirmLogout", "confirmLogout")]).await;
    sent_to(&answer, 303, &format!("{BYE}?state=s"));
    assert!(!server.is_good(&tokens).await);
    assert!(!is_logged_in(&mut browser).await);
    // Nothing is left to ask about.
    browser.get(LOGOUT).await.assert_page(200, DONE);
    browser.submit(&page, &[]).await;
}

#[tokio::test]
async fn a_hint_of_another_session_asks_too() {
    let server = front().await;
    server.person("mallory").await;
    let mut theirs = Browser::new(&server);
    let code = theirs.code("mallory", "front", &[]).await;
    let hint = server.redeem("front", &code).await.json();
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let form = [
        ("id_token_hint", text(&hint, "id_token")),
        ("post_logout_redirect_uri", BYE),
    ];
    let page = browser.get(&with_query(LOGOUT, &form)).await;
    page.assert_page(200, ASKED);
    assert!(server.is_good(&tokens).await);
    assert!(server.is_good(&hint).await);
}

#[tokio::test]
async fn a_forged_confirmation_logs_nobody_out() {
    let server = front().await;
    server.person("mallory").await;
    let mut attacker = Browser::new(&server);
    attacker.code("mallory", "front", &[]).await;
    let page = attacker.get(LOGOUT).await;
    let form = Form::of(&page);
    let mut victim = Browser::new(&server);
    let tokens = logged_in(&server, &mut victim).await;
    // The attacker's own form, posted by the victim's browser.
    let answer = victim.submit(&page, &[]).await;
    assert_eq!(answer.heading(), "We could not accept this form");
    for fields in [vec![], vec![("logout", "x")], vec![("logout", "")]] {
        let answer = victim.post(&form.action, &fields).await;
        assert_eq!(answer.heading(), "This sign-in is over", "{answer:?}");
    }
    assert!(server.is_good(&tokens).await);
    assert!(is_logged_in(&mut victim).await);
    // One's own form does not wait for ever.
    let own = victim.get(LOGOUT).await;
    server.wait(30 * 60 + 1).await;
    let answer = victim.submit(&own, &[]).await;
    assert_eq!(answer.heading(), "This sign-in is over");
}

#[tokio::test]
async fn a_hint_reaches_a_session_whose_browser_is_elsewhere() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let form = [("id_token_hint", text(&tokens, "id_token"))];
    let answer = Request::get(&with_query(LOGOUT, &form)).send(&server).await;
    answer.assert_page(200, DONE);
    assert!(!server.is_good(&tokens).await);
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn one_logout_ends_every_client_of_the_session_but_no_other_session() {
    let server = front().await;
    server.create("second", spa()).await;
    let mut browser = Browser::new(&server);
    let first = logged_in(&server, &mut browser).await;
    let silent = browser.get(&authorize("second", &[("prompt", "none")])).await;
    let second = server.redeem("second", &code_of(&silent)).await.json();
    let elsewhere = server.tokens("alice", "front", &[]).await;
    assert_eq!(first["session_state"], second["session_state"]);
    browser
        .get(&with_query(LOGOUT, &[("id_token_hint", text(&first, "id_token"))]))
        .await;
    assert!(!server.is_good(&second).await);
    server
        .refresh_refused("second", text(&second, "refresh_token"), "Session not active")
        .await;
    assert!(server.is_good(&elsewhere).await);
}

#[tokio::test]
async fn an_application_without_a_browser_sends_its_refresh_token() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let answer = server.log_out(text(&tokens, "refresh_token")).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!server.is_good(&tokens).await);
    assert!(!is_logged_in(&mut browser).await);
    // Once more is no error: there is nothing left to do.
    assert_eq!(server.log_out(text(&tokens, "refresh_token")).await.status, 204);
}

#[tokio::test]
async fn a_confidential_client_proves_itself_first() {
    let server = front().await;
    let settings = ClientSettings {
        client_type: ClientType::Confidential,
        direct_access_grants: true,
        ..spa()
    };
    let web = server.create("web", settings).await;
    let form = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", crate::support::person::PASSWORD),
        ("scope", "openid"),
    ];
    let tokens = server.ask(Some(&web), &form).await.json();
    let refresh_token = text(&tokens, "refresh_token");
    let answer = Request::post(LOGOUT)
        .form(&[("client_id", "web"), ("refresh_token", refresh_token)])
        .send(&server)
        .await;
    answer.assert_error(401, "invalid_client", "Invalid client or Invalid client credentials");
    assert!(server.is_good(&tokens).await);
    let request = Request::post(LOGOUT)
        .basic(&web)
        .form(&[("refresh_token", refresh_token)]);
    assert_eq!(request.send(&server).await.status, 204);
    assert!(!server.is_good(&tokens).await);
}

#[tokio::test]
async fn a_refresh_token_of_another_client_ends_nothing() {
    let server = front().await;
    server.create("thief", spa()).await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let refresh_token = text(&tokens, "refresh_token");
    for (client_id, token) in [
        ("thief", refresh_token),
        ("front", "garbage"),
        ("front", text(&tokens, "access_token")),
        ("front", text(&tokens, "id_token")),
    ] {
        let form = [("client_id", client_id), ("refresh_token", token)];
        let answer = Request::post(LOGOUT).form(&form).send(&server).await;
        answer.assert_error(400, "invalid_grant", "Invalid refresh token");
    }
    // In an address it counts for nothing, and nobody is asked who is not here.
    let form = [("client_id", "front"), ("refresh_token", refresh_token)];
    Request::get(&with_query(LOGOUT, &form))
        .send(&server)
        .await
        .assert_page(200, DONE);
    assert!(server.is_good(&tokens).await);
}

#[tokio::test]
async fn an_offline_token_logs_out_itself_alone() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let online = logged_in(&server, &mut browser).await;
    let scope = [("prompt", "none"), ("scope", "openid offline_access")];
    let silent = browser.get(&authorize("front", &scope)).await;
    let offline = server.redeem("front", &code_of(&silent)).await.json();
    assert_eq!(server.log_out(text(&offline, "refresh_token")).await.status, 204);
    assert!(!server.is_good(&offline).await);
    assert!(server.is_good(&online).await);
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn scripts_of_the_clients_origin_may_log_out() {
    let server = front().await;
    for (origin, own) in [("https://app.example.com", true), ("https://evil.example.org", false)] {
        let form = [("client_id", "front"), ("refresh_token", "x")];
        let request = Request::post(LOGOUT).header("Origin", origin).form(&form);
        let answer = request.send(&server).await;
        assert_eq!(answer.header("access-control-allow-origin"), own.then_some(origin));
    }
}

#[tokio::test]
async fn other_nodes_learn_of_it() {
    let server = front().await;
    let other = server.second_node().await;
    let tokens = server.tokens("alice", "front", &[]).await;
    assert_eq!(other.userinfo(text(&tokens, "access_token")).await.status, 200);
    server.log_out(text(&tokens, "refresh_token")).await;
    other.follow().await;
    other.userinfo_refused(text(&tokens, "access_token")).await;
    other
        .refresh_refused("front", text(&tokens, "refresh_token"), "Session not active")
        .await;
}
