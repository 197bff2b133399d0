//! Refresh tokens (RFC 6749 §6): honest clients are never logged out, and no stolen token survives (RFC 9700 §4.14).

use keyward_domain::client::{ClientSettings, ClientType, RefreshRotation};
use keyward_domain::event::What;
use keyward_domain::realm::Realm;
use keyward_domain::{Clock as _, Timestamp};
use keyward_jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::support::jwt::{claims, forge, header, sign, with};
use crate::support::person::spa;
use crate::support::tokens::{grant_id, text};
use crate::support::{Browser, Credentials, Place, Request, Response, TOKEN, TestServer};

mod rotation;

const REUSED: &str = "Maximum allowed refresh token reuse exceeded";
const ENDED: &str = "Session not active";
const EXPIRED: &str = "Token is not active";

async fn front() -> TestServer {
    at(Place::sqlite()).await
}

async fn at(place: Place) -> TestServer {
    let server = TestServer::start_at(place, |_| {}).await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

/// A confidential client that people log in to.
fn web(refresh_rotation: RefreshRotation) -> ClientSettings {
    ClientSettings {
        client_type: ClientType::Confidential,
        refresh_rotation,
        ..spa()
    }
}

async fn tokens(server: &TestServer) -> Value {
    server.tokens("alice", "front", &[]).await
}

/// Tokens of a confidential client.
async fn tokens_of(server: &TestServer, client: &Credentials, changes: &[(&str, &str)]) -> Value {
    let code = Browser::new(server).code("alice", &client.client_id, changes).await;
    let mut form = crate::support::tokens::redemption("", &code, &[]);
    form.retain(|(name, _)| *name != "client_id");
    let answer = server.ask(Some(client), &form).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn refresh_of(tokens: &Value) -> &str {
    text(tokens, "refresh_token")
}

fn jti(tokens: &Value) -> String {
    claims(text(tokens, "access_token"))["jti"].as_str().unwrap().to_owned()
}

#[track_caller]
fn given(answer: &Response) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn next(server: &TestServer, tokens: &Value) -> Value {
    given(&server.refresh("front", refresh_of(tokens)).await)
}

#[tokio::test]
async fn a_public_client_gets_another_token_each_time() {
    let server = front().await;
    let first = tokens(&server).await;
    server.wait(60).await;
    let answer = server.refresh("front", refresh_of(&first)).await;
    answer.assert_headers(&[
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
    ]);
    let second = given(&answer);
    assert_ne!(refresh_of(&first), refresh_of(&second));
    assert_ne!(jti(&first), jti(&second));
    for same in [
        "scope",
        "session_state",
        "expires_in",
        "refresh_expires_in",
        "token_type",
    ] {
        assert_eq!(first[same], second[same], "{same}");
    }
    let [old, new] = [&first, &second].map(|tokens| claims(refresh_of(tokens)));
    let now = server.clock.now().secs();
    assert_eq!(new["iat"], json!(now));
    assert_eq!(new["exp"], json!(now + 1800));
    for same in ["iss", "aud", "sub", "typ", "azp", "sid", "scope"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_eq!(new["typ"], json!("Refresh"));
    assert_eq!(new["iss"], json!(server.issuer()));
    assert_eq!(header(refresh_of(&second))["alg"], json!("HS256"));
    assert!(server.is_good(&second).await);
}

#[tokio::test]
async fn a_confidential_client_keeps_its_token() {
    let server = front().await;
    for policy in [RefreshRotation::ByClientType, RefreshRotation::Never] {
        let client = server.create(&format!("{policy:?}"), web(policy)).await;
        let first = tokens_of(&server, &client, &[]).await;
        let mut seen = vec![jti(&first)];
        for _ in 0..3 {
            let answer = server.refresh_as(&client, refresh_of(&first)).await;
            let again = given(&answer);
            assert!(!seen.contains(&jti(&again)));
            seen.push(jti(&again));
            assert!(server.is_good(&again).await);
            assert_eq!(claims(refresh_of(&again))["jti"], claims(refresh_of(&first))["jti"]);
        }
        // Its use is noted, so that the grant does not end while it is in use.
        let mut current = first;
        for _ in 0..3 {
            server.wait(1700).await;
            current = given(&server.refresh_as(&client, refresh_of(&current)).await);
            assert!(server.is_good(&current).await);
        }
        assert_eq!(server.seen.whats().iter().filter(|what| is_reuse(what)).count(), 0);
    }
}

#[tokio::test]
async fn a_confidential_client_may_be_set_to_rotate() {
    let server = front().await;
    let client = server.create("web", web(RefreshRotation::Always)).await;
    let first = tokens_of(&server, &client, &[]).await;
    let second = given(&server.refresh_as(&client, refresh_of(&first)).await);
    assert_ne!(refresh_of(&first), refresh_of(&second));
    given(&server.refresh_as(&client, refresh_of(&second)).await);
    let answer = server.refresh_as(&client, refresh_of(&first)).await;
    answer.assert_error(400, "invalid_grant", REUSED);
}

fn is_reuse(what: &What) -> bool {
    matches!(what, What::RefreshTokenReused { client } if client == "front")
}

#[tokio::test]
async fn a_forged_token_is_not_ours() {
    let server = front().await;
    let first = tokens(&server).await;
    let token = refresh_of(&first);
    let (head, body) = (header(token), claims(token));
    let signature = token.rsplit('.').next().unwrap();
    let [h, p, s]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let none = json!({ "alg": "none", "typ": "JWT" });
    let strange = SigningKey::generate(Algorithm::Es256.key_type()).unwrap();
    let kid = head["kid"].as_str().unwrap();
    let next_place = {
        let (grant, _) = body["jti"].as_str().unwrap().split_once('.').unwrap();
        with(&body, "jti", json!(format!("{grant}.1")))
    };
    let forged = [
        String::from("garbage"),
        String::from("a.b.c"),
        forge(&none, &body, b""),
        format!("{h}.{p}."),
        format!("{h}.{p}"),
        format!("{token}.{signature}"),
        forge(&head, &body, &[0; 64]),
        forge(&head, &next_place, &[0; 64]),
        format!(
            "{}.{s}",
            forge(&head, &with(&body, "azp", json!("thief")), b"").trim_end_matches('.')
        ),
        sign(&strange, Algorithm::Es256, kid, "JWT", &body),
        server.sign_as_realm("JWT", &body).await,
        text(&first, "access_token").to_owned(),
        text(&first, "id_token").to_owned(),
    ];
    for token in forged {
        server.refresh_refused("front", &token, "Invalid refresh token").await;
    }
    assert!(server.is_good(&first).await);
    let answer = server
        .ask(None, &[("grant_type", "refresh_token"), ("client_id", "front")])
        .await;
    answer.assert_error(400, "invalid_request", "No refresh token");
}

#[tokio::test]
async fn a_token_of_another_realm_is_not_ours() {
    let server = front().await;
    let other = server.add_realm().await;
    server.create_in(&other, "front", spa()).await;
    let first = tokens(&server).await;
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "front"),
        ("refresh_token", refresh_of(&first)),
    ];
    let elsewhere = Request::post("/realms/other/protocol/openid-connect/token").form(&form);
    elsewhere
        .send(&server)
        .await
        .assert_error(400, "invalid_grant", "Invalid refresh token");
}

async fn narrowed(server: &TestServer, tokens: &Value, scope: &str) -> Response {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "front"),
        ("refresh_token", refresh_of(tokens)),
        ("scope", scope),
    ];
    server.ask(None, &form).await
}

#[tokio::test]
async fn a_narrower_access_token_leaves_the_refresh_token_whole() {
    let server = front().await;
    let scope = [("scope", "openid profile email orders:read")];
    let first = server.tokens("alice", "front", &scope).await;
    let narrow = given(&narrowed(&server, &first, "openid orders:read").await);
    assert_eq!(narrow["scope"], json!("openid orders:read"));
    let access = claims(text(&narrow, "access_token"));
    assert_eq!(
        (&access["scope"], access.get("email")),
        (&json!("openid orders:read"), None)
    );
    assert_eq!(
        claims(refresh_of(&narrow))["scope"],
        claims(refresh_of(&first))["scope"]
    );
    let without = given(&narrowed(&server, &narrow, "email").await);
    assert_eq!(without.get("id_token"), None);
    let whole = next(&server, &without).await;
    assert_eq!(whole["scope"], first["scope"]);
    assert!(claims(text(&whole, "access_token")).get("email").is_some());
}

#[tokio::test]
async fn what_no_token_names_is_not_narrowed_away() {
    let server = front().await;
    let first = tokens(&server).await;
    let narrow = given(&narrowed(&server, &first, "openid").await);
    let [before, after] = [&first, &narrow].map(|tokens| claims(text(tokens, "access_token")));
    for name in ["acr", "allowed-origins", "aud", "sub", "sid", "auth_time"] {
        assert_eq!(before[name], after[name], "{name}");
    }
}

#[tokio::test]
async fn a_scope_that_the_client_lost_is_not_given_again() {
    let server = front().await;
    let scope = [("scope", "openid email orders:read")];
    let first = server.tokens("alice", "front", &scope).await;
    let front = Credentials::new("front", "");
    server
        .edit(&front, |client| {
            client.settings.optional_scopes.retain(|name| name != "orders:read");
        })
        .await;
    let second = next(&server, &first).await;
    assert_eq!(second["scope"], json!("openid email"));
    let answer = narrowed(&server, &second, "openid orders:read").await;
    answer.assert_error(400, "invalid_scope", "Invalid scopes: openid orders:read");
}

#[tokio::test]
async fn a_disabled_client_is_not_answered() {
    let server = front().await;
    let first = tokens(&server).await;
    let front = Credentials::new("front", "");
    server.edit(&front, |client| client.enabled = false).await;
    let answer = server.refresh("front", refresh_of(&first)).await;
    answer.assert_error(401, "invalid_client", "Invalid client or Invalid client credentials");
    server.edit(&front, |client| client.enabled = true).await;
    next(&server, &first).await;
}

#[tokio::test]
async fn a_wider_scope_is_refused_and_nothing_is_spent() {
    let server = front().await;
    let first = server.tokens("alice", "front", &[("scope", "openid profile")]).await;
    for scope in [
        "openid profile email",
        "orders:read",
        "no:such",
        "openid offline_access",
    ] {
        let answer = narrowed(&server, &first, scope).await;
        answer.assert_error(400, "invalid_scope", &format!("Invalid scopes: {scope}"));
    }
    assert_eq!(server.grant(&first).await.sequence, 0);
    next(&server, &first).await;
}

#[tokio::test]
async fn an_unused_token_ends() {
    let server = front().await;
    let first = tokens(&server).await;
    server.wait(1799).await;
    let second = next(&server, &first).await;
    server.wait(1799).await;
    let third = next(&server, &second).await;
    server.wait(1800).await;
    server.refresh_refused("front", refresh_of(&third), EXPIRED).await;
}

#[tokio::test]
async fn a_session_ends_whatever_happens() {
    let server = front().await;
    let mut current = tokens(&server).await;
    for _ in 0..22 {
        server.wait(1500).await;
        current = next(&server, &current).await;
        assert_eq!(current["refresh_expires_in"], json!(1800));
    }
    server.wait(1500).await;
    current = next(&server, &current).await;
    server.wait(1200).await;
    // Ten hours less 300 seconds have gone by.
    current = next(&server, &current).await;
    assert_eq!(current["refresh_expires_in"], json!(300));
    server.wait(300).await;
    server.refresh_refused("front", refresh_of(&current), EXPIRED).await;
}

#[tokio::test]
async fn offline_access_outlives_the_session() {
    let server = front().await;
    let mut browser = Browser::new(&server);
    let scope = [("scope", "openid offline_access")];
    let code = browser.code("alice", "front", &scope).await;
    let offline = given(&server.redeem("front", &code).await);
    assert_eq!(offline["scope"], json!("openid offline_access"));
    assert_eq!(offline["refresh_expires_in"], json!(30 * 86_400));
    let token = claims(refresh_of(&offline));
    assert_eq!(token["typ"], json!("Offline"));
    assert!(jti(&offline).starts_with("ofrtac:"));
    // An online grant of the same session, by which it is ended.
    let silent = browser
        .get(&crate::support::person::authorize("front", &[("prompt", "none")]))
        .await;
    let online = given(&server.redeem("front", &crate::support::person::code_of(&silent)).await);
    assert_eq!(online["session_state"], offline["session_state"]);
    assert_eq!(server.log_out(refresh_of(&online)).await.status, 204);
    server.refresh_refused("front", refresh_of(&online), ENDED).await;
    assert!(!server.is_good(&online).await);
    assert!(server.is_good(&offline).await);
    // Its own times: 30 days unused, 60 days in all.
    server.wait(30 * 86_400 - 1).await;
    let second = next(&server, &offline).await;
    assert!(jti(&second).starts_with("ofrtrt:"));
    assert_eq!(second["refresh_expires_in"], json!(30 * 86_400));
    server.wait(30 * 86_400 - 1).await;
    let third = next(&server, &second).await;
    assert_eq!(third["refresh_expires_in"], json!(2));
    server.wait(2).await;
    server.refresh_refused("front", refresh_of(&third), EXPIRED).await;
}

#[tokio::test]
async fn an_offline_token_that_is_not_used_ends() {
    let server = front().await;
    let offline = server
        .tokens("alice", "front", &[("scope", "openid offline_access")])
        .await;
    server.wait(30 * 86_400).await;
    server.refresh_refused("front", refresh_of(&offline), EXPIRED).await;
}

#[tokio::test]
async fn a_disabled_person_gets_no_more_tokens() {
    let server = front().await;
    let online = tokens(&server).await;
    let offline = server
        .tokens("alice", "front", &[("scope", "openid offline_access")])
        .await;
    server.disable("alice").await;
    for tokens in [&online, &offline] {
        server
            .refresh_refused("front", refresh_of(tokens), "User disabled")
            .await;
        assert!(!server.is_good(tokens).await);
    }
}

#[tokio::test]
async fn tokens_older_than_the_realm_or_client_accepts_are_stale() {
    let server = front().await;
    let first = tokens(&server).await;
    server.wait(10).await;
    let now = server.clock.now();
    let not_before = |at: Timestamp| move |realm: &mut Realm| realm.not_before = at;
    server.edit_realm(not_before(now)).await;
    server.refresh_refused("front", refresh_of(&first), "Stale token").await;
    assert!(!server.is_good(&first).await);
    server.edit_realm(not_before(Timestamp::from_secs(0))).await;
    let fresh = next(&server, &first).await;
    server.wait(10).await;
    let (front, now) = (Credentials::new("front", ""), server.clock.now());
    server.edit(&front, |client| client.not_before = now).await;
    server.refresh_refused("front", refresh_of(&fresh), "Stale token").await;
    assert!(!server.is_good(&fresh).await);
    let later = tokens(&server).await;
    assert!(server.is_good(&later).await);
}

#[tokio::test]
async fn scripts_of_the_clients_origin_read_the_answer() {
    let server = front().await;
    let first = tokens(&server).await;
    let form = |token| {
        [
            ("grant_type", "refresh_token"),
            ("client_id", "front"),
            ("refresh_token", token),
        ]
    };
    for (origin, own) in [("https://app.example.com", true), ("https://evil.example.org", false)] {
        for (token, status) in [(refresh_of(&first), 200), ("x", 400)] {
            let request = Request::post(TOKEN).header("Origin", origin).form(&form(token));
            let answer = request.send(&server).await;
            let allowed = answer.header("access-control-allow-origin");
            if own {
                assert_eq!((answer.status, allowed), (status, Some(origin)));
                assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
            } else {
                assert_eq!(allowed, None, "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_family_cannot_be_guessed_from_another() {
    let server = front().await;
    let [first, second] = [tokens(&server).await, tokens(&server).await].map(|tokens| grant_id(&tokens));
    // What does not follow from the time is chance: half of an id at least.
    let shared = first.0.as_u128() ^ second.0.as_u128();
    assert!(
        shared.trailing_zeros() < 32 && shared.count_ones() > 16,
        "{first} {second}"
    );
}
