//! What a client may ask of the login (OIDC Core §3.1.2.1): `prompt`, `max_age`, `acr`, `claims`, `id_token_hint`.

use keyward_domain::Clock as _;
use keyward_domain::client::ClientSettings;
use serde_json::{Value, json};

use crate::support::browser::parameter;
use crate::support::jwt::claims;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::{Browser, Response, TestServer};

async fn started() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

async fn id_token(server: &TestServer, answer: &Response) -> Value {
    let tokens = server.redeem("front", &code_of(answer)).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    claims(tokens.json()["id_token"].as_str().unwrap())
}

#[track_caller]
fn error_of(answer: &Response) -> String {
    let location = answer
        .header("location")
        .unwrap_or_else(|| panic!("no redirect: {answer:?}"));
    parameter(location, "error").unwrap_or_else(|| panic!("no error: {answer:?}"))
}

#[tokio::test]
async fn a_session_answers_without_a_page() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let first = browser.log_in("alice", &authorize("front", &[])).await;
    let first = id_token(&server, &first).await;
    assert_eq!(first["acr"], json!("1"));
    server.wait(100).await;
    for prompt in ["", "none"] {
        let answer = browser.get(&authorize("front", &[("prompt", prompt)])).await;
        assert_eq!(answer.status, 302);
        let again = id_token(&server, &answer).await;
        assert_eq!(
            (&again["auth_time"], &again["sid"]),
            (&first["auth_time"], &first["sid"])
        );
        // A session that was there is level 0, as Keycloak says.
        assert_eq!(again["acr"], json!("0"));
    }
}

#[tokio::test]
async fn a_fresh_login_is_asked_for_and_moves_the_time_of_the_login() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let first = browser.log_in("alice", &authorize("front", &[])).await;
    let mut before = id_token(&server, &first).await;
    for change in [
        ("prompt", "login"),
        ("prompt", "select_account"),
        ("prompt", "login consent"),
        ("max_age", "0"),
        ("max_age", "99"),
        ("claims", r#"{"id_token":{"acr":{"essential":true,"value":"1"}}}"#),
    ] {
        server.wait(100).await;
        let page = browser.get(&authorize("front", &[change])).await;
        page.assert_login();
        assert_eq!(
            page.notice().as_deref(),
            Some("Please sign in again to confirm that it is you.")
        );
        // Knowing that somebody is logged in is not enough.
        let wrong = browser
            .submit(&page, &[("username", "alice"), ("password", "wrong")])
            .await;
        wrong.assert_login();
        let mut answer = browser
            .submit(&wrong, &[("username", "alice"), ("password", PASSWORD)])
            .await;
        if change.1.contains("consent") {
            answer.assert_page(200, "Allow Front access?");
            answer = browser.submit(&answer, &[("accept", "accept")]).await;
        }
        let after = id_token(&server, &answer).await;
        let moved = after["auth_time"].as_i64().unwrap() - before["auth_time"].as_i64().unwrap();
        assert_eq!(moved, 100, "{change:?}");
        assert_eq!(
            (&after["acr"], &after["sid"]),
            (&json!("1"), &before["sid"]),
            "{change:?}"
        );
        before = after;
    }
}

#[tokio::test]
async fn a_login_that_is_young_enough_is_taken() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let at = server.clock.now().secs();
    browser.log_in("alice", &authorize("front", &[("max_age", "1")])).await;
    server.wait(100).await;
    for max_age in ["100", "5000", "99999999999999999999"] {
        let answer = browser.get(&authorize("front", &[("max_age", max_age)])).await;
        assert_eq!(id_token(&server, &answer).await["auth_time"], json!(at), "{max_age}");
    }
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let server = started().await;
    server
        .create(
            "asks",
            ClientSettings {
                consent: keyward_domain::client::ConsentPolicy::Always,
                ..spa()
            },
        )
        .await;
    let mut browser = Browser::new(&server);
    let nothing = browser.get(&authorize("front", &[("prompt", "none")])).await;
    assert_eq!((nothing.status, error_of(&nothing).as_str()), (302, "login_required"));
    browser.log_in("alice", &authorize("front", &[])).await;
    server.wait(100).await;
    for (client, change, error) in [
        ("front", ("max_age", "99"), "login_required"),
        ("front", ("max_age", "0"), "login_required"),
        (
            "front",
            ("claims", r#"{"id_token":{"acr":{"essential":true,"value":"1"}}}"#),
            "login_required",
        ),
        (
            "front",
            ("claims", r#"{"id_token":{"sub":{"value":"somebody-else"}}}"#),
            "login_required",
        ),
        ("asks", ("state", "x"), "consent_required"),
    ] {
        let answer = browser.get(&authorize(client, &[("prompt", "none"), change])).await;
        assert_eq!((answer.status, error_of(&answer).as_str()), (302, error), "{change:?}");
        assert_eq!(
            parameter(answer.header("location").unwrap(), "iss"),
            Some(server.issuer())
        );
    }
}

#[tokio::test]
async fn an_id_token_hint_names_whom_the_client_expects() {
    let server = started().await;
    server.person("bob").await;
    let mut alices = Browser::new(&server);
    let answer = alices.log_in("alice", &authorize("front", &[])).await;
    let tokens = server.redeem("front", &code_of(&answer)).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    // It may have expired.
    server.wait(1_000).await;
    let url = authorize("front", &[("prompt", "none"), ("id_token_hint", hint)]);
    let answer = alices.get(&url).await;
    assert_eq!(id_token(&server, &answer).await["sub"], claims(hint)["sub"]);

    // In Bob's browser nobody is silently taken for her, and Bob's own login is not either.
    let mut bobs = Browser::new(&server);
    bobs.log_in("bob", &authorize("front", &[])).await;
    assert_eq!(error_of(&bobs.get(&url).await), "login_required");
    let page = bobs.get(&authorize("front", &[("id_token_hint", hint)])).await;
    page.assert_login();
    let answer = bobs.submit(&page, &[("username", "bob"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, error_of(&answer).as_str()), (303, "login_required"));

    // Nothing but an ID token of this realm is one.
    let access_token = tokens["access_token"].as_str().unwrap();
    let forged = format!("{}x", &hint[..hint.len() - 1]);
    for text in [access_token, &forged, "x"] {
        let answer = alices.get(&authorize("front", &[("id_token_hint", text)])).await;
        assert_eq!(error_of(&answer), "invalid_request", "{text}");
    }
}

#[tokio::test]
async fn claims_are_given_by_name() {
    let server = started().await;
    let asked = r#"{"id_token":{"email":null,"auth_time":{"essential":true},"unknown":null},"userinfo":{"name":null}}"#;
    let answer = Browser::new(&server)
        .log_in("alice", &authorize("front", &[("scope", "openid"), ("claims", asked)]))
        .await;
    let tokens = server.redeem("front", &code_of(&answer)).await.json();
    let found = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(found["email"], json!("alice@example.com"));
    assert_eq!((found.get("name"), found.get("unknown")), (None, None));
    assert!(found["auth_time"].is_i64());
    let userinfo = server.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(
        (&userinfo["name"], userinfo.get("email")),
        (&json!("Alice Anders"), None)
    );
    // Profile claims stay out of the ID token unless they are asked for.
    let answer = Browser::new(&server).log_in("alice", &authorize("front", &[])).await;
    let found = id_token(&server, &answer).await;
    assert_eq!(
        (found.get("email"), found.get("name"), found.get("given_name")),
        (None, None, None)
    );
}

#[tokio::test]
async fn a_subject_that_nobody_can_be_does_not_read_as_anybody() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let claims = [("claims", r#"{"id_token":{"sub":{"value":7}}}"#)];
    let answer = Browser::new(&server).get(&authorize("front", &claims)).await;
    let location = answer.header("location").unwrap();
    assert_eq!(parameter(location, "error").as_deref(), Some("invalid_request"));
}
