//! The password grant (RFC 6749 §4.3): where a client has it, as Keycloak answers it.

use keyward_domain::client::{ClientSettings, ClientType, ConsentPolicy};
use keyward_domain::event::What;
use keyward_domain::id::SessionId;
use keyward_domain::ports::Store as _;
use keyward_domain::realm::Realm;
use serde_json::json;

use crate::second_factor::{add_device, shown};
use crate::support::jwt::claims;
use crate::support::person::{PASSWORD, spa};
use crate::support::tokens::text;
use crate::support::{Credentials, Request, Response, TestServer};

const WRONG: &str = "Invalid user credentials";

/// A confidential client that takes passwords.
fn direct() -> ClientSettings {
    ClientSettings {
        client_type: ClientType::Confidential,
        direct_access_grants: true,
        ..spa()
    }
}

async fn started() -> (TestServer, Credentials) {
    let server = TestServer::start().await;
    let web = server.create("web", direct()).await;
    server.person("alice").await;
    (server, web)
}

async fn grant(server: &TestServer, client: &Credentials, form: &[(&str, &str)]) -> Response {
    let form = [&[("grant_type", "password")], form].concat();
    server.ask(Some(client), &form).await
}

async fn log_in(server: &TestServer, client: &Credentials, username: &str, password: &str) -> Response {
    grant(server, client, &[("username", username), ("password", password)]).await
}

#[tokio::test]
async fn a_password_gives_tokens_and_a_session() {
    let (server, web) = started().await;
    let form = [("username", "alice"), ("password", PASSWORD), ("scope", "openid email")];
    let answer = grant(&server, &web, &form).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.assert_headers(&[
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ]);
    let tokens = answer.json();
    assert_eq!(tokens["scope"], json!("openid email"));
    assert_eq!(
        (&tokens["expires_in"], &tokens["refresh_expires_in"]),
        (&json!(300), &json!(1800))
    );
    let access = claims(text(&tokens, "access_token"));
    assert!(access["jti"].as_str().unwrap().starts_with("onrtro:"));
    assert_eq!(access["sid"], tokens["session_state"]);
    assert_eq!(access["acr"], json!("1"));
    let sid: SessionId = text(&tokens, "session_state").parse().unwrap();
    let session = server.outage.read().await.unwrap().session(sid).await.unwrap().unwrap();
    assert_eq!(session.cookie, None);
    assert!(server.is_good(&tokens).await);
    let next = server.refresh_as(&web, text(&tokens, "refresh_token")).await;
    assert_eq!(next.status, 200);
    assert!(
        claims(&next.member("access_token"))["jti"]
            .as_str()
            .unwrap()
            .starts_with("onrtrt:")
    );
    let logged_in = |what: &What| matches!(what, What::LoggedIn { client, .. } if client.as_deref() == Some("web"));
    assert_eq!(server.seen.whats().iter().filter(|what| logged_in(what)).count(), 1);
}

#[tokio::test]
async fn no_cookie_ever_opens_such_a_session() {
    let (server, web) = started().await;
    let tokens = log_in(&server, &web, "alice", PASSWORD).await.json();
    let sid = text(&tokens, "session_state").replace('-', "");
    server.create("front", spa()).await;
    for secret in ["", "x", &"0".repeat(64)] {
        let mut browser = crate::support::Browser::new(&server);
        for name in ["kw-session-demo", "__Host-kw-session-demo"] {
            browser.set_cookie(name, &format!("{sid}.{secret}"));
        }
        let url = crate::support::person::authorize("front", &[("prompt", "none")]);
        let answer = browser.get(&url).await;
        assert!(answer.header("location").unwrap().contains("error=login_required"));
    }
}

#[tokio::test]
async fn it_is_off_unless_a_client_has_it() {
    let (server, _) = started().await;
    let text = "Client not allowed for direct access grants";
    let web = ClientSettings {
        direct_access_grants: false,
        ..direct()
    };
    let other = server.create("other", web).await;
    for client in [&other, &server.service, &server.api] {
        let answer = log_in(&server, client, "alice", PASSWORD).await;
        answer.assert_error(400, "unauthorized_client", text);
    }
    server.create("front", spa()).await;
    let form = [
        ("client_id", "front"),
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", PASSWORD),
    ];
    let answer = server.ask(None, &form).await;
    answer.assert_error(400, "unauthorized_client", text);
}

#[tokio::test]
async fn nobody_is_asked_so_no_consent_is_given() {
    let (server, _) = started().await;
    for (number, consent) in [ConsentPolicy::Remember, ConsentPolicy::Always].into_iter().enumerate() {
        let settings = ClientSettings { consent, ..direct() };
        let client = server.create(&format!("asks-{number}"), settings).await;
        let answer = log_in(&server, &client, "alice", PASSWORD).await;
        answer.assert_error(400, "invalid_client", "Client requires user consent");
    }
}

#[tokio::test]
async fn who_it_is_must_be_said() {
    let (server, web) = started().await;
    let answer = grant(&server, &web, &[("password", PASSWORD)]).await;
    answer.assert_error(401, "invalid_request", "Missing parameter: username");
    let answer = grant(&server, &web, &[("username", "alice")]).await;
    answer.assert_error(400, "invalid_grant", WRONG);
}

#[tokio::test]
async fn guesses_learn_nothing() {
    let (server, web) = started().await;
    server
        .edit_realm(|realm: &mut Realm| {
            realm.settings.brute_force.protected = true;
            realm.settings.brute_force.failure_factor = 3;
        })
        .await;
    let long = "x".repeat(1500);
    let first = log_in(&server, &web, "zoe", PASSWORD).await;
    first.assert_error(400, "invalid_grant", WRONG);
    for (username, password) in [
        ("alice", "wrong"),
        ("alice", ""),
        ("service-account-backend-service", PASSWORD),
        ("alice", &long),
        (&long, PASSWORD),
        ("alice", "worse"),
    ] {
        server.wait(2).await;
        let answer = log_in(&server, &web, username, password).await;
        assert_eq!((answer.status, &answer.body), (first.status, &first.body), "{username}");
    }
    // Locked now: the right password reads the same.
    server.wait(2).await;
    let locked = log_in(&server, &web, "alice", PASSWORD).await;
    assert_eq!((locked.status, &locked.body), (first.status, &first.body));
    server.wait(3600).await;
    assert_eq!(log_in(&server, &web, "alice", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_disabled_account_is_told_to_whoever_knows_the_password() {
    let (server, web) = started().await;
    server.disable("alice").await;
    log_in(&server, &web, "alice", PASSWORD)
        .await
        .assert_error(400, "invalid_grant", "Account disabled");
    log_in(&server, &web, "alice", "wrong")
        .await
        .assert_error(400, "invalid_grant", WRONG);
}

#[tokio::test]
async fn an_account_that_is_not_ready_gets_nothing() {
    let (server, web) = started().await;
    for action in ["UPDATE_PASSWORD", "VERIFY_EMAIL", "CONFIGURE_TOTP", "whatever"] {
        server
            .edit_person("alice", |user| user.required_actions = vec![action.into()])
            .await;
        let answer = log_in(&server, &web, "alice", PASSWORD).await;
        answer.assert_error(400, "invalid_grant", "Account is not fully set up");
        let answer = log_in(&server, &web, "alice", "wrong").await;
        answer.assert_error(400, "invalid_grant", WRONG);
    }
}

#[tokio::test]
async fn the_second_factor_is_needed_and_works_once() {
    let (server, web) = started().await;
    let bob = server.person("bob").await;
    add_device(&server, bob).await;
    let with = async |totp: &str| {
        let form = [("username", "bob"), ("password", PASSWORD), ("totp", totp)];
        grant(&server, &web, &form).await
    };
    let missing = log_in(&server, &web, "bob", PASSWORD).await;
    missing.assert_error(400, "invalid_grant", WRONG);
    let code = shown(&server, 0);
    let other: String = code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    for wrong in [other.as_str(), "", "12345", "1234567", "abcdef"] {
        with(wrong).await.assert_error(400, "invalid_grant", WRONG);
    }
    assert_eq!(with(&code).await.status, 200);
    with(&code).await.assert_error(400, "invalid_grant", WRONG);
    server.wait(30).await;
    with(&code).await.assert_error(400, "invalid_grant", WRONG);
    let next = shown(&server, 0);
    assert_eq!(with(&next).await.status, 200);
}

#[tokio::test]
async fn a_scope_that_the_client_may_not_have_is_refused_before_the_password() {
    let (server, web) = started().await;
    let form = [("username", "alice"), ("password", "wrong"), ("scope", "no:such")];
    let answer = grant(&server, &web, &form).await;
    answer.assert_error(400, "invalid_scope", "Invalid scopes: no:such");
}

#[tokio::test]
async fn offline_tokens_may_come_of_it() {
    let (server, web) = started().await;
    let form = [
        ("username", "alice"),
        ("password", PASSWORD),
        ("scope", "openid offline_access"),
    ];
    let tokens = grant(&server, &web, &form).await.json();
    assert_eq!(tokens["refresh_expires_in"], json!(30 * 86_400));
    let jti = claims(text(&tokens, "access_token"))["jti"].clone();
    assert!(jti.as_str().unwrap().starts_with("ofrtro:"));
}

#[tokio::test]
async fn the_built_in_client_logs_administrators_in() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", "ALICE@example.com"),
        ("password", PASSWORD),
    ];
    let answer = server.ask(None, &form).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens = answer.json();
    assert_eq!((tokens.get("id_token"), &tokens["scope"]), (None, &json!("")));
    let answer = server.refresh("admin-cli", text(&tokens, "refresh_token")).await;
    assert_eq!(answer.status, 200);
    let elsewhere = Request::post("/realms/nowhere/protocol/openid-connect/token").form(&form);
    assert_eq!(elsewhere.send(&server).await.status, 404);
}

#[tokio::test]
async fn a_right_password_without_its_code_is_counted_and_noted() {
    let (server, web) = started().await;
    let carol = server.person("carol").await;
    add_device(&server, carol).await;
    log_in(&server, &web, "carol", PASSWORD)
        .await
        .assert_error(400, "invalid_grant", WRONG);
    let noted = |what: &What| matches!(what, What::LoginFailed { user_id: Some(user), reason: "missing_code", .. } if *user == carol);
    assert!(server.seen.whats().iter().any(noted));
}
