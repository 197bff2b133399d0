//! What stands in the tokens of a person (OIDC Core §2, §5.4, §5.5; RFC 9068 §2.2).

use keyward_domain::Clock as _;
use keyward_domain::client::{AccessTokenFormat, ClientSettings, IdTokenContent};
use keyward_jose::{Algorithm, half_hash};
use serde_json::{Value, json};

use crate::support::client::{audience as mapped_audience, username};
use crate::support::jwt::{claims, header, verify};
use crate::support::person::{authorize, code_of, spa};
use crate::support::tokens::{redemption, text};
use crate::support::{Browser, TestServer};

async fn front(edit: impl FnOnce(&mut ClientSettings)) -> TestServer {
    let server = TestServer::start().await;
    let mut settings = spa();
    edit(&mut settings);
    server.create("front", settings).await;
    server.person("alice").await;
    server
}

#[tokio::test]
async fn an_access_token_of_a_person() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let alice = server.person("alice").await;
    let code = Browser::new(&server).code("alice", "front", &[]).await;
    server.wait(7).await;
    let tokens = server.redeem("front", &code).await.json();
    let token = text(&tokens, "access_token");
    let found = verify(&server.jwks().await, token).unwrap();
    let now = server.clock.now().secs();
    let expected = json!({
        "exp": now + 300,
        "iat": now,
        "auth_time": now - 7,
        "jti": found["jti"],
        "iss": server.issuer(),
        "aud": "backend-api",
        "sub": alice.to_string(),
        "typ": "Bearer",
        "azp": "front",
        "sid": tokens["session_state"],
        "acr": "1",
        "allowed-origins": ["https://app.example.com"],
        "scope": "openid profile email",
        "client_id": "front",
        "name": "Alice Anders",
        "preferred_username": "alice",
        "given_name": "Alice",
        "family_name": "Anders",
        "email": "alice@example.com",
        "email_verified": true,
    });
    assert_eq!(found, expected);
    assert!(found["jti"].as_str().unwrap().starts_with("onrtac:"));
    assert_eq!(header(token)["typ"], json!("JWT"));
}

#[tokio::test]
async fn an_id_token_says_no_more_than_the_protocol_needs() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let alice = server.person("alice").await;
    let tokens = server.tokens("alice", "front", &[("nonce", "n\u{fc} 1")]).await;
    let found = verify(&server.jwks().await, text(&tokens, "id_token")).unwrap();
    let now = server.clock.now().secs();
    let expected = json!({
        "exp": now + 300,
        "iat": now,
        "auth_time": now,
        "jti": found["jti"],
        "iss": server.issuer(),
        "aud": "front",
        "sub": alice.to_string(),
        "typ": "ID",
        "azp": "front",
        "nonce": "n\u{fc} 1",
        "sid": tokens["session_state"],
        "at_hash": half_hash(Algorithm::Rs256, text(&tokens, "access_token")),
        "acr": "1",
    });
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_client_may_have_the_mappers_claims_in_it() {
    let server = front(|settings| settings.id_token.content = IdTokenContent::Mappers).await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let id_token = claims(text(&tokens, "id_token"));
    for (name, value) in [
        ("name", json!("Alice Anders")),
        ("preferred_username", json!("alice")),
        ("email", json!("alice@example.com")),
        ("email_verified", json!(true)),
    ] {
        assert_eq!(id_token[name], value, "{name}");
    }
    let narrow = server.tokens("alice", "front", &[("scope", "openid")]).await;
    assert_eq!(claims(text(&narrow, "id_token")).get("email"), None);
}

#[tokio::test]
async fn a_mapper_cannot_say_who_the_token_is_for() {
    let server = front(|settings| {
        settings.id_token.content = IdTokenContent::Mappers;
        for claim in ["aud", "sub", "iss", "nonce", "azp", "typ", "exp"] {
            settings.mappers.push(username(claim));
        }
    })
    .await;
    let tokens = server.tokens("alice", "front", &[]).await;
    for token in ["access_token", "id_token"] {
        let text = text(&tokens, token);
        for (name, value) in claims(text).as_object().unwrap() {
            // An access token has no `nonce` of its own.
            let free = name == "preferred_username" || (name == "nonce" && token == "access_token");
            assert!(free || value != "alice", "{token} {name}");
        }
    }
}

#[tokio::test]
async fn every_algorithm_signs_and_hashes() {
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa] {
        let server = front(|settings| {
            settings.id_token.signature_algorithm = Some(algorithm);
            // The hash is that of the ID token's own algorithm (OIDC Core §3.1.3.6).
            settings.access_token.signature_algorithm = Some(Algorithm::Es256);
        })
        .await;
        let tokens = server.tokens("alice", "front", &[]).await;
        let (id_token, access_token) = (text(&tokens, "id_token"), text(&tokens, "access_token"));
        assert_eq!(header(id_token)["alg"], json!(algorithm.name()));
        assert_eq!(header(id_token)["typ"], json!("JWT"));
        let found = verify(&server.jwks().await, id_token).unwrap();
        let hash = half_hash(algorithm, access_token);
        assert_eq!(found["at_hash"], json!(hash));
        // SHA-512 is Ed25519's, of which half are 32 bytes; the others' are 16.
        let length = if algorithm == Algorithm::EdDsa { 43 } else { 22 };
        assert_eq!(hash.len(), length, "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_nonce_stands_in_the_first_id_token_only() {
    let server = front(|_| {}).await;
    let first = server.tokens("alice", "front", &[("nonce", "n-1")]).await;
    server.wait(100).await;
    let second = server.refresh("front", text(&first, "refresh_token")).await.json();
    let [old, new] = [&first, &second].map(|tokens| claims(text(tokens, "id_token")));
    assert_eq!((&old["nonce"], new.get("nonce")), (&json!("n-1"), None));
    // OIDC Core §12.2
    for same in ["iss", "sub", "aud", "azp", "auth_time", "sid", "acr"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_eq!(new["iat"], json!(server.clock.now().secs()));
    assert_ne!(old["jti"], new["jti"]);
    assert_eq!(claims(text(&second, "access_token"))["auth_time"], old["auth_time"]);
}

#[tokio::test]
async fn a_session_that_answers_by_itself_is_no_new_login() {
    let server = front(|_| {}).await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    let login = server.clock.now().secs();
    server.wait(120).await;
    let answer = browser.get(&authorize("front", &[("prompt", "none")])).await;
    let tokens = server.redeem("front", &code_of(&answer)).await.json();
    for token in ["access_token", "id_token"] {
        let found = claims(text(&tokens, token));
        assert_eq!(
            (&found["auth_time"], &found["acr"]),
            (&json!(login), &json!("0")),
            "{token}"
        );
    }
}

#[tokio::test]
async fn claims_may_be_asked_for_by_name() {
    let server = front(|_| {}).await;
    let asked = json!({
        "id_token": { "email": null, "auth_time": { "essential": true }, "no_such": null },
        "userinfo": { "given_name": null },
    })
    .to_string();
    let changes = [("scope", "openid"), ("claims", &*asked)];
    let first = server.tokens("alice", "front", &changes).await;
    let second = server.refresh("front", text(&first, "refresh_token")).await.json();
    for tokens in [&first, &second] {
        let id_token = claims(text(tokens, "id_token"));
        assert_eq!(id_token["email"], json!("alice@example.com"));
        for name in ["given_name", "no_such", "name"] {
            assert_eq!(id_token.get(name), None, "{name}");
        }
        let about = server.userinfo(text(tokens, "access_token")).await.json();
        assert_eq!(about["given_name"], json!("Alice"));
        assert_eq!(about.as_object().unwrap().len(), 2, "{about}");
        assert_eq!(claims(text(tokens, "access_token")).get("given_name"), None);
    }
}

#[tokio::test]
async fn claims_that_the_client_may_not_have_are_not_given() {
    let server = front(|settings| settings.optional_scopes.clear()).await;
    let asked = json!({ "id_token": { "email": null }, "userinfo": { "email": null } }).to_string();
    let tokens = server
        .tokens("alice", "front", &[("scope", "openid"), ("claims", &asked)])
        .await;
    assert_eq!(claims(text(&tokens, "id_token")).get("email"), None);
    let about = server.userinfo(text(&tokens, "access_token")).await.json();
    assert_eq!(about.get("email"), None);
}

#[tokio::test]
async fn an_opaque_access_token_works_the_same() {
    let server = front(|settings| settings.access_token.format = AccessTokenFormat::Opaque).await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let token = text(&tokens, "access_token");
    assert!(!token.contains('.') || token.split('.').count() != 3, "{token}");
    let hash = half_hash(Algorithm::Rs256, token);
    assert_eq!(claims(text(&tokens, "id_token"))["at_hash"], json!(hash));
    assert_eq!(server.userinfo(token).await.json()["email"], json!("alice@example.com"));
    let told = server.introspect(&server.api, token).await.json();
    assert_eq!(told["sid"], tokens["session_state"]);
    let next = server.refresh("front", text(&tokens, "refresh_token")).await.json();
    assert!(server.is_active(&server.api, text(&next, "access_token")).await);
    assert_eq!(server.log_out(text(&next, "refresh_token")).await.status, 204);
    for tokens in [&tokens, &next] {
        server.userinfo_refused(text(tokens, "access_token")).await;
    }
}

#[tokio::test]
async fn an_opaque_token_of_a_lost_answer_dies_too() {
    let server = front(|settings| settings.access_token.format = AccessTokenFormat::Opaque).await;
    let first = server.tokens("alice", "front", &[]).await;
    let lost = server.refresh("front", text(&first, "refresh_token")).await.json();
    server.wait(31).await;
    let answer = server.refresh("front", text(&first, "refresh_token")).await;
    assert_eq!(answer.status, 200);
    server.userinfo_refused(text(&lost, "access_token")).await;
    assert_eq!(server.userinfo(&answer.member("access_token")).await.status, 200);
}

#[tokio::test]
async fn an_at_jwt_says_so() {
    let server = front(|settings| settings.access_token.format = AccessTokenFormat::AtJwt).await;
    let tokens = server.tokens("alice", "front", &[]).await;
    assert_eq!(header(text(&tokens, "access_token"))["typ"], json!("at+jwt"));
    assert!(server.is_good(&tokens).await);
}

fn audience(tokens: &Value) -> Value {
    claims(text(tokens, "access_token"))["aud"].clone()
}

#[tokio::test]
async fn a_resource_narrows_the_audience() {
    let server = front(|settings| {
        for audience in ["https://a.example.com", "https://b.example.com"] {
            settings.mappers.push(mapped_audience(audience));
        }
    })
    .await;
    let all = server.tokens("alice", "front", &[]).await;
    let everything = json!(["backend-api", "https://a.example.com", "https://b.example.com"]);
    assert_eq!(audience(&all), everything);
    // At the token endpoint: this access token only (RFC 8707 §2.2).
    let code = Browser::new(&server).code("alice", "front", &[]).await;
    let form = redemption("front", &code, &[("resource", "https://a.example.com")]);
    let narrow = server.ask(None, &form).await.json();
    assert_eq!(audience(&narrow), json!("https://a.example.com"));
    let refreshed = server.refresh("front", text(&narrow, "refresh_token")).await.json();
    assert_eq!(audience(&refreshed), everything);
    // At the authorization endpoint: the grant.
    let asked = [("resource", "https://b.example.com")];
    let bound = server.tokens("alice", "front", &asked).await;
    assert_eq!(audience(&bound), json!("https://b.example.com"));
    let refreshed = server.refresh("front", text(&bound, "refresh_token")).await.json();
    assert_eq!(audience(&refreshed), json!("https://b.example.com"));
    let wider = [
        ("grant_type", "refresh_token"),
        ("client_id", "front"),
        ("refresh_token", text(&refreshed, "refresh_token")),
        ("resource", "https://a.example.com"),
    ];
    let answer = server.ask(None, &wider).await;
    answer.assert_error(400, "invalid_target", "Requested resource not available");
}

#[tokio::test]
async fn a_resource_that_is_not_the_clients_is_refused_and_spends_nothing() {
    let server = front(|_| {}).await;
    let code = Browser::new(&server).code("alice", "front", &[]).await;
    let form = redemption("front", &code, &[("resource", "https://evil.example.org")]);
    let answer = server.ask(None, &form).await;
    answer.assert_error(400, "invalid_target", "Requested resource not available");
    assert_eq!(server.redeem("front", &code).await.status, 200);
}
