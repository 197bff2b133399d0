//! The userinfo endpoint (OIDC Core §5.3, RFC 6750).

use keyward_domain::client::ClientSettings;
use keyward_domain::user::Profile;
use serde_json::{Value, json};

use crate::support::client::username;
use crate::support::jwt::{claims, with};
use crate::support::person::spa;
use crate::support::tokens::text;
use crate::support::{Browser, Request, Response, TestServer, USERINFO};

const BAD: &str = r#"Bearer realm="demo", error="invalid_token", error_description="Token verification failed""#;
const NONE: &str = r#"Bearer realm="demo""#;
const SEVERAL: &str = r#"Bearer realm="demo", error="invalid_request", error_description="More than one method used for including an access token""#;
const SCOPE: &str = r#"Bearer realm="demo", error="insufficient_scope", error_description="Missing openid scope""#;

async fn front() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

async fn token(server: &TestServer, scope: &str) -> String {
    let tokens = server.tokens("alice", "front", &[("scope", scope)]).await;
    text(&tokens, "access_token").to_owned()
}

/// As Keycloak's: all that is to be said stands in the header.
#[track_caller]
fn refused(answer: &Response, status: u16, challenge: &str) {
    assert_eq!((answer.status, answer.text()), (status, ""), "{answer:?}");
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn three_ways_to_send_the_token_give_the_same() {
    let server = front().await;
    let token = token(&server, "openid profile email").await;
    let bearer = format!("Bearer {token}");
    let get = server.userinfo(&token).await;
    assert_eq!(get.status, 200, "{get:?}");
    get.assert_headers(&[
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ]);
    let sub = claims(&token)["sub"].clone();
    let expected = json!({
        "sub": sub,
        "name": "Alice Anders",
        "preferred_username": "alice",
        "given_name": "Alice",
        "family_name": "Anders",
        "email": "alice@example.com",
        "email_verified": true,
    });
    assert_eq!(get.json(), expected);
    for request in [
        Request::post(USERINFO).header("Authorization", &bearer),
        Request::post(USERINFO).form(&[("access_token", &token)]),
        Request::post(USERINFO)
            .header("Authorization", &bearer)
            .form(&[("x", "y")]),
    ] {
        let answer = request.send(&server).await;
        assert_eq!((answer.status, &answer.body), (200, &get.body), "{answer:?}");
    }
}

#[tokio::test]
async fn the_scheme_is_compared_without_case() {
    let server = front().await;
    let token = token(&server, "openid").await;
    for scheme in ["bearer", "BEARER", "BeArEr", "Bearer "] {
        let header = format!("{scheme} {token}");
        let answer = Request::get(USERINFO)
            .header("Authorization", &header)
            .send(&server)
            .await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_wrong_but_that() {
    let server = front().await;
    let token = token(&server, "openid").await;
    for request in [
        Request::get(USERINFO),
        Request::post(USERINFO),
        Request::get(USERINFO).header("Authorization", "Basic eDp5"),
        Request::get(USERINFO).header("Authorization", "Bearer"),
        Request::get(USERINFO).header("Authorization", &format!("DPoP {token}")),
        // RFC 6750 §2.3: a token in an address ends up in logs.
        Request::get(&format!("{USERINFO}?access_token={token}")),
        Request::post(&format!("{USERINFO}?access_token={token}")),
        Request::get(USERINFO).form(&[("access_token", &token)]),
    ] {
        refused(&request.send(&server).await, 401, NONE);
    }
}

#[tokio::test]
async fn two_tokens_are_one_too_many() {
    let server = front().await;
    let token = token(&server, "openid").await;
    let bearer = format!("Bearer {token}");
    for request in [
        Request::post(USERINFO)
            .header("Authorization", &bearer)
            .form(&[("access_token", &token)]),
        Request::get(USERINFO)
            .header("Authorization", &bearer)
            .header("Authorization", &bearer),
        Request::get(USERINFO)
            .header("Authorization", "Basic eDp5")
            .header("Authorization", &bearer),
    ] {
        refused(&request.send(&server).await, 400, SEVERAL);
    }
}

#[tokio::test]
async fn a_parameter_sent_twice_is_a_bad_request() {
    let server = front().await;
    let token = token(&server, "openid").await;
    let form = format!("access_token={token}&access_token={token}");
    let answer = Request::post(USERINFO).raw_form(form).send(&server).await;
    // RFC 6750 §3.1
    assert_eq!(answer.status, 400, "{answer:?}");
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(
        challenge.starts_with(r#"Bearer realm="demo", error="invalid_request""#),
        "{challenge}"
    );
}

#[tokio::test]
async fn bad_tokens_are_all_answered_alike() {
    let server = front().await;
    let other = server.add_realm().await;
    server.create_in(&other, "front", spa()).await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let good = text(&tokens, "access_token");
    let body = claims(good);
    let [head, payload, _] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let id_like = with(&body, "typ", json!("ID"));
    for bad in [
        "garbage".to_owned(),
        "a.b.c".to_owned(),
        format!("{head}.{payload}."),
        format!("{good}x"),
        text(&tokens, "id_token").to_owned(),
        text(&tokens, "refresh_token").to_owned(),
        server.sign_as_realm("JWT", &id_like).await,
        server.sign_as_realm("logout+jwt", &body).await,
        server
            .sign_as_realm("JWT", &with(&body, "iss", json!("https://evil.example")))
            .await,
        server
            .sign_as_realm("JWT", &with(&body, "client_id", json!("no-such")))
            .await,
        server
            .sign_as_realm(
                "JWT",
                &with(&body, "sub", json!("00000000-0000-4000-8000-000000000000")),
            )
            .await,
        server.sign_as_realm("JWT", &with(&body, "exp", json!(1))).await,
        "x".repeat(20_000),
        "a b".to_owned(),
    ] {
        let answer = server.userinfo(&bad).await;
        assert!(answer.status == 401 || bad.len() == 20_000, "{bad}: {answer:?}");
        if answer.status == 401 {
            refused(&answer, 401, BAD);
        }
    }
    let bearer = format!("Bearer {good}");
    let elsewhere = Request::get("/realms/other/protocol/openid-connect/userinfo").header("Authorization", &bearer);
    let answer = elsewhere.send(&server).await;
    refused(&answer, 401, &BAD.replace("demo", "other"));
    assert_eq!(server.userinfo(good).await.status, 200);
}

#[tokio::test]
async fn it_is_for_openid_only() {
    let server = front().await;
    refused(&server.userinfo(&token(&server, "profile").await).await, 403, SCOPE);
    let service = server.access_token(&server.service).await;
    refused(&server.userinfo(&service).await, 403, SCOPE);
}

#[tokio::test]
async fn the_scope_decides_what_is_told() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server
        .person_with("alice", |user| {
            let attributes = [
                ("phoneNumber", "+49 1"),
                ("phoneNumberVerified", "true"),
                ("locality", "Bremen"),
                ("locale", "de"),
            ];
            user.profile = Profile {
                attributes: attributes
                    .map(|(name, value)| (name.to_owned(), vec![value.to_owned()]))
                    .into(),
                ..user.profile.clone()
            };
        })
        .await;
    for (scope, names) in [
        ("openid", &[][..]),
        ("openid email", &["email", "email_verified"]),
        ("openid phone", &["phone_number", "phone_number_verified"]),
        ("openid address", &["address"]),
        (
            "openid profile",
            &["family_name", "given_name", "locale", "name", "preferred_username"],
        ),
    ] {
        let told = server.userinfo(&token(&server, scope).await).await.json();
        let mut expected: Vec<&str> = names.iter().copied().chain(["sub"]).collect();
        expected.sort_unstable();
        let found: Vec<&String> = told.as_object().unwrap().keys().collect();
        assert_eq!(found, expected, "{scope}");
    }
    let told = server
        .userinfo(&token(&server, "openid address phone").await)
        .await
        .json();
    assert_eq!(told["address"]["locality"], json!("Bremen"));
    assert_eq!(told["phone_number_verified"], json!(true));
}

#[tokio::test]
async fn what_changed_is_told_at_once() {
    let server = front().await;
    let token = token(&server, "openid email").await;
    server
        .edit_person("alice", |user| user.profile.email = Some("new@example.com".into()))
        .await;
    assert_eq!(server.userinfo(&token).await.json()["email"], json!("new@example.com"));
}

#[tokio::test]
async fn a_token_that_ended_tells_nothing() {
    let server = front().await;
    let [revoked, over, disabled] = [
        token(&server, "openid").await,
        token(&server, "openid").await,
        token(&server, "openid").await,
    ];
    let form = [("client_id", "front"), ("token", revoked.as_str())];
    let answer = Request::post(crate::support::REVOKE).form(&form).send(&server).await;
    assert_eq!(answer.status, 200);
    refused(&server.userinfo(&revoked).await, 401, BAD);
    server.wait(299).await;
    assert_eq!(server.userinfo(&over).await.status, 200);
    server.disable("alice").await;
    refused(&server.userinfo(&disabled).await, 401, BAD);
    server.edit_person("alice", |user| user.enabled = true).await;
    assert_eq!(server.userinfo(&disabled).await.status, 200);
    server.wait(1).await;
    refused(&server.userinfo(&over).await, 401, BAD);
}

#[tokio::test]
async fn a_client_that_was_disabled_learns_nothing() {
    let server = front().await;
    let token = token(&server, "openid").await;
    let front = crate::support::Credentials::new("front", "");
    server.edit(&front, |client| client.enabled = false).await;
    refused(&server.userinfo(&token).await, 401, BAD);
}

#[tokio::test]
async fn scripts_of_the_clients_origins_read_it() {
    let server = front().await;
    let bearer = format!("Bearer {}", token(&server, "openid").await);
    let narrow = format!("Bearer {}", token(&server, "profile").await);
    for (origin, own) in [("https://app.example.com", true), ("https://evil.example.org", false)] {
        for (bearer, status) in [(&bearer, 200), (&narrow, 403)] {
            let request = Request::get(USERINFO)
                .header("Authorization", bearer)
                .header("Origin", origin);
            let answer = request.send(&server).await;
            assert_eq!(answer.status, status);
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!(allowed, own.then_some(origin));
            if own {
                let exposed = answer.header("access-control-expose-headers").unwrap();
                assert!(exposed.contains("WWW-Authenticate"));
                assert_eq!(answer.header("vary"), Some("Origin"));
            }
        }
    }
    let preflight = Request::new("OPTIONS", USERINFO)
        .header("Origin", "https://app.example.com")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization");
    let answer = preflight.send(&server).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, POST, OPTIONS")
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .unwrap()
            .contains("Authorization")
    );
}

#[tokio::test]
async fn the_script_of_a_token_that_ended_can_read_that() {
    // The article's single-page application refreshes on 401, so it must see it.
    let server = front().await;
    let bearer = format!("Bearer {}", token(&server, "openid").await);
    server.wait(300).await;
    let request = Request::get(USERINFO)
        .header("Authorization", &bearer)
        .header("Origin", "https://app.example.com");
    let answer = request.send(&server).await;
    refused(&answer, 401, BAD);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.com")
    );
}

#[tokio::test]
async fn a_cookie_is_no_token() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    browser.code("alice", "front", &[]).await;
    refused(&browser.get(USERINFO).await, 401, NONE);
}

#[tokio::test]
async fn mappers_of_the_client_tell_too() {
    let server = TestServer::start().await;
    let mut mappers = spa().mappers;
    for claim in ["nick", "sub"] {
        mappers.push(username(claim));
    }
    server.create("front", ClientSettings { mappers, ..spa() }).await;
    let alice = server.person("alice").await;
    let told: Value = server.userinfo(&token(&server, "openid").await).await.json();
    // Whom it is about no mapper decides (OIDC Core §5.3.2).
    assert_eq!(told, json!({ "sub": alice.to_string(), "nick": "alice" }));
}
