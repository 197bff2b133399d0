//! A person logs in to an application, and the application gets tokens (RFC 6749 §4.1, OIDC Core §3.1).

use futures_util::future::join_all;
use keyward_domain::client::{ClientSettings, ClientType, Pkce};
use keyward_domain::event::What;
use keyward_domain::ports::Store as _;
use serde_json::json;

use crate::support::browser::parameters;
use crate::support::jwt::claims;
use crate::support::person::{CALLBACK, CHALLENGE, VERIFIER, authorize, code_of, spa};
use crate::support::tokens::{redemption, text};
use crate::support::{Browser, Credentials, Place, Request, Response, TestServer};

/// Differs in its last character, which carries bits that a sloppy decoder would drop.
const OTHER_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl";

const WRONG_VERIFIER: &str = "PKCE verification failed: Code mismatch";

async fn front() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

/// A confidential client that may leave PKCE out.
fn web() -> ClientSettings {
    ClientSettings {
        client_type: ClientType::Confidential,
        pkce: Pkce::Optional,
        ..spa()
    }
}

async fn code(server: &TestServer, client_id: &str, changes: &[(&str, &str)]) -> String {
    Browser::new(server).code("alice", client_id, changes).await
}

/// A code of `web` without a challenge.
async fn bare_code(server: &TestServer, changes: &[(&str, &str)]) -> String {
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    code(server, "web", &[&bare[..], changes].concat()).await
}

async fn redeem(server: &TestServer, code: &str, changes: &[(&str, &str)]) -> Response {
    server.ask(None, &redemption("front", code, changes)).await
}

async fn redeem_as(server: &TestServer, client: &Credentials, code: &str, changes: &[(&str, &str)]) -> Response {
    let mut form = redemption("", code, changes);
    form.retain(|(name, _)| *name != "client_id");
    server.ask(Some(client), &form).await
}

#[tokio::test]
async fn a_login_gives_a_code_and_the_code_gives_tokens() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let alice = server.person("alice").await;
    let mut browser = Browser::new(&server);
    let answer = browser.log_in("alice", &authorize("front", &[("nonce", "n-1")])).await;
    assert_eq!(answer.status, 303);
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?")), "{location}");
    let names: Vec<String> = parameters(location).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["state", "session_state", "iss", "code"]);
    let tokens = server.redeem("front", &code_of(&answer)).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    tokens.assert_headers(&[
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ]);
    let body = tokens.json();
    // Keycloak's members in Keycloak's order.
    let mut rest = tokens.text();
    for member in [
        "access_token",
        "expires_in",
        "refresh_expires_in",
        "refresh_token",
        "token_type",
        "id_token",
        "not-before-policy",
        "session_state",
        "scope",
    ] {
        let place = rest.find(&format!("\"{member}\":"));
        rest = &rest[place.unwrap_or_else(|| panic!("{member} is missing or out of order: {body}"))..];
    }
    assert_eq!(body.as_object().unwrap().len(), 9);
    assert_eq!(body["expires_in"], json!(300));
    assert_eq!(body["refresh_expires_in"], json!(1800));
    assert_eq!(body["token_type"], json!("Bearer"));
    assert_eq!(body["not-before-policy"], json!(0));
    assert_eq!(body["scope"], json!("openid profile email"));
    let id_token = claims(text(&body, "id_token"));
    assert_eq!(id_token["sub"], json!(alice.to_string()));
    assert_eq!(id_token["nonce"], json!("n-1"));
    assert_eq!(id_token["sid"], body["session_state"]);
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let server = front().await;
    let tokens = server.tokens("alice", "front", &[("scope", "profile")]).await;
    assert_eq!(tokens.get("id_token"), None);
    assert_eq!(tokens["scope"], json!("profile"));
}

#[tokio::test]
async fn the_vector_of_rfc_7636_appendix_b_passes() {
    let server = front().await;
    assert_eq!(VERIFIER.len(), 43);
    let code = code(&server, "front", &[("code_challenge", CHALLENGE)]).await;
    assert_eq!(redeem(&server, &code, &[("code_verifier", VERIFIER)]).await.status, 200);
}

#[tokio::test]
async fn a_stolen_code_without_its_verifier_gives_nothing() {
    let server = front().await;
    let code = code(&server, "front", &[]).await;
    let short = &VERIFIER[..42];
    let long = "a".repeat(129);
    for wrong in [OTHER_VERIFIER, short, &long, CHALLENGE, "x", &VERIFIER.to_uppercase()] {
        let answer = redeem(&server, &code, &[("code_verifier", wrong)]).await;
        answer.assert_error(400, "invalid_grant", WRONG_VERIFIER);
    }
    let answer = redeem(&server, &code, &[("code_verifier", "")]).await;
    answer.assert_error(400, "invalid_grant", "PKCE code verifier not specified");
    // None of this spent it: else whoever sees a code could keep its owner out.
    assert_eq!(redeem(&server, &code, &[]).await.status, 200);
}

#[tokio::test]
async fn a_challenge_that_was_cut_out_is_noticed() {
    let server = front().await;
    let web = server.create("web", web()).await;
    let code = bare_code(&server, &[]).await;
    let answer = redeem_as(&server, &web, &code, &[]).await;
    let text = "PKCE code verifier specified but challenge not present in authorization";
    answer.assert_error(400, "invalid_grant", text);
    assert_eq!(
        redeem_as(&server, &web, &code, &[("code_verifier", "")]).await.status,
        200
    );
}

#[tokio::test]
async fn a_client_that_must_prove_itself_now_cannot_spend_an_older_code_without() {
    let server = front().await;
    let web = server.create("web", web()).await;
    let code = bare_code(&server, &[]).await;
    server.edit(&web, |client| client.settings.pkce = Pkce::Required).await;
    let answer = redeem_as(&server, &web, &code, &[("code_verifier", "")]).await;
    answer.assert_error(400, "invalid_grant", "PKCE code verifier not specified");
}

#[tokio::test]
async fn the_redirect_uri_must_be_the_same() {
    let server = front().await;
    let web = server.create("web", web()).await;
    let wrong = [
        "https://app.example.com/other",
        "https://app.example.com/callback/",
        "https://APP.example.com/callback",
    ];
    for uri in wrong {
        let code = code(&server, "front", &[]).await;
        let answer = redeem(&server, &code, &[("redirect_uri", uri)]).await;
        answer.assert_error(400, "invalid_grant", "Incorrect redirect_uri");
        assert_eq!(redeem(&server, &code, &[]).await.status, 200, "{uri} spent the code");
    }
    // OAuth 2.1 §4.1.3 leaves it out where PKCE binds the code.
    let bound = code(&server, "front", &[]).await;
    assert_eq!(redeem(&server, &bound, &[("redirect_uri", "")]).await.status, 200);
    let bare = bare_code(&server, &[]).await;
    let answer = redeem_as(&server, &web, &bare, &[("code_verifier", ""), ("redirect_uri", "")]).await;
    answer.assert_error(400, "invalid_grant", "Incorrect redirect_uri");
}

#[tokio::test]
async fn another_client_cannot_redeem_it_nor_spend_it() {
    let server = front().await;
    server.create("thief", spa()).await;
    let web = server.create("web", web()).await;
    let code = code(&server, "front", &[]).await;
    let text = "Auth error: Found different client_id in clientSession";
    let answer = redeem(&server, &code, &[("client_id", "thief")]).await;
    answer.assert_error(400, "invalid_grant", text);
    redeem_as(&server, &web, &code, &[])
        .await
        .assert_error(400, "invalid_grant", text);
    assert_eq!(redeem(&server, &code, &[]).await.status, 200);
    // Nor does a replay by another client end what the owner has.
    let tokens = server.tokens("alice", "front", &[]).await;
    redeem(&server, &code, &[("client_id", "thief")])
        .await
        .assert_error(400, "invalid_grant", text);
    assert!(server.is_good(&tokens).await);
}

#[tokio::test]
async fn a_code_ends_after_its_minute() {
    let server = front().await;
    let (fresh, late) = (code(&server, "front", &[]).await, code(&server, "front", &[]).await);
    server.wait(59).await;
    assert_eq!(redeem(&server, &fresh, &[]).await.status, 200);
    server.wait(1).await;
    let answer = redeem(&server, &late, &[]).await;
    answer.assert_error(400, "invalid_grant", "Code is expired");
}

#[tokio::test]
async fn made_up_codes_are_not_valid() {
    let server = front().await;
    for made_up in ["x", "00000000-0000-0000-0000-000000000000", &"a".repeat(4000), "\u{fc}"] {
        let answer = redeem(&server, made_up, &[]).await;
        answer.assert_error(400, "invalid_grant", "Code not valid");
    }
    let answer = server.ask(None, &redemption("front", "", &[("code", "")])).await;
    answer.assert_error(400, "invalid_request", "Missing parameter: code");
}

#[tokio::test]
async fn a_code_spent_twice_takes_back_what_the_first_gave() {
    let server = front().await;
    let code = code(&server, "front", &[]).await;
    let tokens = redeem(&server, &code, &[]).await.json();
    assert!(server.is_good(&tokens).await);
    let again = redeem(&server, &code, &[]).await;
    again.assert_error(400, "invalid_grant", "Code not valid");
    assert!(!server.is_good(&tokens).await);
    server
        .refresh_refused("front", text(&tokens, "refresh_token"), "Session not active")
        .await;
    let replays = |what: &What| matches!(what, What::AuthorizationCodeReplayed { client } if client == "front");
    assert_eq!(server.seen.whats().iter().filter(|what| replays(what)).count(), 1);
    // Late replays are known as such for an hour.
    server.wait(30 * 60).await;
    redeem(&server, &code, &[])
        .await
        .assert_error(400, "invalid_grant", "Code not valid");
    // Another login of the same person is not touched.
    assert!(server.is_good(&server.tokens("alice", "front", &[]).await).await);
}

#[tokio::test]
async fn every_node_learns_of_the_replay() {
    let server = front().await;
    let other = server.second_node().await;
    let code = code(&server, "front", &[]).await;
    let tokens = redeem(&server, &code, &[]).await.json();
    other
        .ask(None, &redemption("front", &code, &[]))
        .await
        .assert_error(400, "invalid_grant", "Code not valid");
    server.follow().await;
    assert!(!server.is_good(&tokens).await);
    other.userinfo_refused(text(&tokens, "access_token")).await;
}

#[tokio::test]
async fn whoever_saw_the_code_pass_cannot_end_the_grant() {
    let server = front().await;
    server.create("thief", spa()).await;
    let code = code(&server, "front", &[]).await;
    let tokens = redeem(&server, &code, &[]).await.json();
    for replay in [
        redemption("front", &code, &[("code_verifier", OTHER_VERIFIER)]),
        redemption("front", &code, &[("code_verifier", "")]),
        redemption("front", &code, &[("redirect_uri", "https://app.example.com/x")]),
        redemption("thief", &code, &[]),
    ] {
        assert_eq!(server.ask(None, &replay).await.status, 400);
    }
    assert!(server.is_good(&tokens).await);
    assert_eq!(
        server.refresh("front", text(&tokens, "refresh_token")).await.status,
        200
    );
}

#[tokio::test]
async fn of_parallel_redemptions_exactly_one_gets_tokens() {
    for place in Place::both().await {
        let server = TestServer::start_at(place, |_| {}).await;
        server.create("front", spa()).await;
        server.person("alice").await;
        let other = server.second_node().await;
        let code = code(&server, "front", &[]).await;
        let form = redemption("front", &code, &[]);
        let answers = join_all((0..8).map(|number| {
            let node = if number % 2 == 0 { &*server } else { &other };
            node.ask(None, &form)
        }))
        .await;
        let mut given = 0;
        for answer in answers {
            if answer.status == 200 {
                given += 1;
            } else {
                answer.assert_error(400, "invalid_grant", "Code not valid");
            }
        }
        assert_eq!(given, 1);
        drop(other);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_code_of_another_realm_is_not_valid() {
    let server = front().await;
    let other = server.add_realm().await;
    server.create_in(&other, "front", spa()).await;
    let code = code(&server, "front", &[]).await;
    let elsewhere = Request::post("/realms/other/protocol/openid-connect/token");
    let answer = elsewhere.form(&redemption("front", &code, &[])).send(&server).await;
    answer.assert_error(400, "invalid_grant", "Code not valid");
    assert_eq!(redeem(&server, &code, &[]).await.status, 200);
}

#[tokio::test]
async fn a_client_disabled_meanwhile_gets_nothing() {
    let server = front().await;
    let code = code(&server, "front", &[]).await;
    server
        .edit(&Credentials::new("front", ""), |client| client.enabled = false)
        .await;
    let answer = redeem(&server, &code, &[]).await;
    let text = "Invalid client or Invalid client credentials";
    answer.assert_error(401, "invalid_client", text);
}

#[tokio::test]
async fn a_person_disabled_meanwhile_gets_nothing() {
    let server = front().await;
    let code = code(&server, "front", &[]).await;
    server.disable("alice").await;
    let answer = redeem(&server, &code, &[]).await;
    answer.assert_error(400, "invalid_grant", "User disabled");
}

#[tokio::test]
async fn a_person_logged_out_meanwhile_gets_nothing() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let first = browser.code("alice", "front", &[]).await;
    let tokens = redeem(&server, &first, &[]).await.json();
    let silent = browser.get(&authorize("front", &[("prompt", "none")])).await;
    let answer = server.log_out(text(&tokens, "refresh_token")).await;
    assert_eq!(answer.status, 204);
    let answer = redeem(&server, &code_of(&silent), &[]).await;
    answer.assert_error(400, "invalid_grant", "Session not active");
}

#[tokio::test]
async fn a_logout_at_the_same_moment_leaves_no_tokens() {
    for place in Place::both().await {
        let server = TestServer::start_at(place, |_| {}).await;
        server.create("front", spa()).await;
        server.person("alice").await;
        let other = server.second_node().await;
        for _ in 0..8 {
            let mut browser = Browser::new(&server);
            let first = browser.code("alice", "front", &[]).await;
            let tokens = redeem(&server, &first, &[]).await.json();
            let silent = browser.get(&authorize("front", &[("prompt", "none")])).await;
            let code = code_of(&silent);
            let ended = other.log_out(text(&tokens, "refresh_token"));
            let (answer, ended) = tokio::join!(redeem(&server, &code, &[]), ended);
            assert_eq!(ended.status, 204);
            server.follow().await;
            if answer.status == 200 {
                assert!(!server.is_good(&answer.json()).await);
            } else {
                answer.assert_error(400, "invalid_grant", "Session not active");
            }
        }
        drop(other);
        server.finish().await;
    }
}

#[tokio::test]
async fn nothing_usable_stands_in_the_database() {
    let server = front().await;
    let code = code(&server, "front", &[]).await;
    // 128 bits at least (RFC 6749 §10.10), and no two the same.
    assert!(code.len() >= 22, "{code}");
    let hash = keyward_domain::grant::TokenHash::of(code.as_bytes());
    let row = server.outage.read().await.unwrap().code(hash).await.unwrap().unwrap();
    assert!(!format!("{row:?}").contains(&code));
    assert_eq!(row.code_challenge.as_deref(), Some(CHALLENGE));
    assert_eq!(row.redirect_uri, CALLBACK);
}
