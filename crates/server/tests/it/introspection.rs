//! Token introspection (RFC 7662), and every token that must not pass for active.

use keyward_domain::Clock as _;
use keyward_domain::client::AccessTokenFormat;
use keyward_jose::digest::{b64url_decode, b64url_encode};
use keyward_jose::{Algorithm, HmacKey, KeyType, SigningKey};
use serde_json::{Value, json};

use crate::support::jwt::{claims, forge, header, sign, usual, with};
use crate::support::{INTROSPECT, Request, TestServer, service};

#[tokio::test]
async fn the_api_learns_everything_about_its_token() {
    let server = TestServer::start().await;
    let answer = server.token(&server.service, &[("scope", "orders:read")]).await;
    let token = answer.member("access_token");
    let answer = server.introspect(&server.api, &token).await;
    assert_eq!(answer.status, 200);
    answer.assert_headers(&[
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("content-type", "application/json"),
    ]);
    let mut expected = usual(&server, &token, server.clock.now().secs());
    for (name, value) in [
        ("scope", json!("orders:read")),
        ("username", json!("service-account-backend-service")),
        ("token_type", json!("Bearer")),
        ("active", json!(true)),
    ] {
        expected[name] = value;
    }
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn an_opaque_token_is_described_like_a_jwt() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    let client = server.create("opaque", settings).await;
    let token = server.access_token(&client).await;
    let body = server.introspect(&server.api, &token).await.json();
    let now = server.clock.now().secs();
    let expected = json!({
        "exp": now + 300,
        "iat": now,
        "jti": body["jti"],
        "iss": server.issuer(),
        "aud": "backend-api",
        "sub": body["sub"],
        "typ": "Bearer",
        "azp": "opaque",
        "acr": "1",
        "client_id": "opaque",
        "username": "service-account-opaque",
        "token_type": "Bearer",
        "active": true,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_wrong_hint_finds_the_token_all_the_same() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    for hint in ["access_token", "refresh_token", "id_token", "nonsense"] {
        let form = [("token", token.as_str()), ("token_type_hint", hint)];
        let answer = Request::post(INTROSPECT)
            .basic(&server.api)
            .form(&form)
            .send(&server)
            .await;
        assert_eq!(answer.json()["active"], true, "{hint}");
    }
}

#[tokio::test]
async fn who_cannot_prove_itself_is_not_told_anything() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let form = [("token", token.as_str()), ("client_id", "backend-api")];
    let answer = Request::post(INTROSPECT).form(&form).send(&server).await;
    answer.assert_error(401, "invalid_client", "Client authentication failed.");
    // The token itself is not a way in.
    let request = Request::post(INTROSPECT).header("Authorization", &format!("Bearer {token}"));
    let answer = request.form(&[("token", &token)]).send(&server).await;
    answer.assert_error(401, "invalid_client", "Invalid client or Invalid client credentials");
}

#[tokio::test]
async fn a_get_is_refused() {
    let server = TestServer::start().await;
    let answer = Request::get(&format!("{INTROSPECT}?token=x"))
        .basic(&server.api)
        .send(&server)
        .await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.text(), r#"{"error":"HTTP 405 Method Not Allowed"}"#);
}

#[tokio::test]
async fn a_question_without_a_token_is_malformed() {
    let server = TestServer::start().await;
    let answer = Request::post(INTROSPECT)
        .basic(&server.api)
        .form(&[("token", "")])
        .send(&server)
        .await;
    answer.assert_error(400, "invalid_request", "Token not provided.");
}

#[tokio::test]
async fn only_an_audience_of_the_token_learns_about_it() {
    let server = TestServer::start().await;
    let stranger = server.create("stranger", service()).await;
    let token = server.access_token(&server.service).await;
    assert!(server.is_active(&server.api, &token).await);
    assert!(!server.is_active(&stranger, &token).await, "another client");
    assert!(
        !server.is_active(&server.service, &token).await,
        "the client that holds it"
    );
}

#[tokio::test]
async fn garbage_is_inactive() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let mut cases = vec!["x".to_owned(), "..".into(), "a.b.c".into(), "kwt_".into(), "€".into()];
    cases.push(format!("kwt_{}", "A".repeat(64)));
    cases.push(format!("{token}."));
    cases.push(format!("{token}A"));
    cases.push(format!(" {token}"));
    cases.push(token[..token.len() - 4].to_owned());
    cases.push(token.replacen('.', "..", 1));
    cases.push("A".repeat(20_000));
    for case in cases {
        assert!(!server.is_active(&server.api, &case).await, "{case}");
    }
}

#[tokio::test]
async fn alg_none_is_inactive() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = with(&header(&token), "alg", json!(alg));
        for signature in [&b""[..], b"x"] {
            let forged = forge(&header, &claims(&token), signature);
            assert!(!server.is_active(&server.api, &forged).await, "{alg}");
        }
    }
}

#[tokio::test]
async fn the_public_key_is_not_an_hmac_secret() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let info = Request::get("/realms/demo").send(&server).await.json();
    let der = info["public_key"].as_str().unwrap().as_bytes().to_vec();
    let header = with(&header(&token), "alg", json!("HS256"));
    let unsigned = forge(&header, &claims(&token), b"");
    let input = unsigned.trim_end_matches('.');
    let tag = HmacKey::new(&der).unwrap().sign(input.as_bytes());
    let forged = format!("{input}.{}", b64url_encode(&tag));
    assert!(!server.is_active(&server.api, &forged).await);
}

#[tokio::test]
async fn a_changed_token_is_inactive() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let signature = b64url_decode(token.rsplit('.').next().unwrap()).unwrap();
    let (header, claims) = (header(&token), claims(&token));
    for changed in [
        with(&claims, "scope", json!("admin")),
        with(&claims, "exp", json!(4_000_000_000_i64)),
        with(&claims, "aud", json!(["backend-api", "x"])),
    ] {
        assert!(
            !server
                .is_active(&server.api, &forge(&header, &changed, &signature))
                .await
        );
    }
    let mut flipped = signature.clone();
    flipped[10] ^= 1;
    let [head, body, _] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{token}")
    };
    let flipped = format!("{head}.{body}.{}", b64url_encode(&flipped));
    assert!(!server.is_active(&server.api, &flipped).await);
}

#[tokio::test]
async fn a_key_in_the_token_is_not_believed() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let mine = SigningKey::generate(KeyType::P256).unwrap();
    let realm_kid = header(&token)["kid"].as_str().unwrap().to_owned();
    for kid in [mine.kid(), &realm_kid] {
        let forged = sign(&mine, Algorithm::Es256, kid, "JWT", &claims(&token));
        assert!(!server.is_active(&server.api, &forged).await, "{kid}");
    }
    // `jwk` and `jku` in the header point to the attacker's key.
    for (name, value) in [
        ("jwk", serde_json::to_value(mine.public_jwk()).unwrap()),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/cert")),
    ] {
        let head = with(&json!({ "alg": "ES256", "typ": "JWT", "kid": mine.kid() }), name, value);
        let unsigned = forge(&head, &claims(&token), b"");
        let input = unsigned.trim_end_matches('.');
        let signature = mine.sign(Algorithm::Es256, input.as_bytes()).unwrap();
        let forged = format!("{input}.{}", b64url_encode(&signature));
        assert!(!server.is_active(&server.api, &forged).await, "{name}");
    }
}

#[tokio::test]
async fn the_algorithm_must_be_the_keys_own() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let jwks = server.jwks().await;
    let signature = b64url_decode(token.rsplit('.').next().unwrap()).unwrap();
    for alg in ["PS256", "ES256", "EdDSA", "RS384", "RS512"] {
        let changed = with(&header(&token), "alg", json!(alg));
        assert!(
            !server
                .is_active(&server.api, &forge(&changed, &claims(&token), &signature))
                .await,
            "{alg}"
        );
    }
    for jwk in &jwks.keys {
        let changed = with(&header(&token), "kid", json!(jwk.kid));
        if changed != header(&token) {
            assert!(
                !server
                    .is_active(&server.api, &forge(&changed, &claims(&token), &signature))
                    .await
            );
        }
    }
    let without = with(&header(&token), "kid", Value::Null);
    assert!(
        !server
            .is_active(&server.api, &forge(&without, &claims(&token), &signature))
            .await
    );
}

#[tokio::test]
async fn token_of_another_realm_is_inactive() {
    let server = TestServer::start().await;
    let other = server.add_realm().await;
    for format in [AccessTokenFormat::Keycloak, AccessTokenFormat::Opaque] {
        let mut settings = service();
        settings.access_token.format = format;
        let name = format!("stranger-{format:?}").to_lowercase();
        let stranger = server.create_in(&other, &name, settings).await;
        let form = [("grant_type", "client_credentials")];
        let path = "/realms/other/protocol/openid-connect/token";
        let answer = Request::post(path).basic(&stranger).form(&form).send(&server).await;
        let token = answer.member("access_token");
        assert!(!server.is_active(&server.api, &token).await, "{format:?}");
    }
}

#[tokio::test]
async fn a_token_that_names_another_issuer_is_inactive() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    let own = server.sign_as_realm("JWT", &claims(&token)).await;
    assert!(server.is_active(&server.api, &own).await, "the forge itself works");
    for issuer in ["https://evil.example/realms/demo", &format!("{}/", server.issuer())] {
        let changed = with(&claims(&token), "iss", json!(issuer));
        let foreign = server.sign_as_realm("JWT", &changed).await;
        assert!(!server.is_active(&server.api, &foreign).await, "{issuer}");
    }
}

#[tokio::test]
async fn other_jwts_of_the_realm_are_no_access_tokens() {
    let server = TestServer::start().await;
    let claims = claims(&server.access_token(&server.service).await);
    for typ in [
        "logout+jwt",
        "token-introspection+jwt",
        "oauth-authz-req+jwt",
        "dpop+jwt",
        "",
    ] {
        let token = server.sign_as_realm(typ, &claims).await;
        assert!(!server.is_active(&server.api, &token).await, "{typ}");
    }
    for typ in [json!("ID"), json!("Refresh"), json!("Logout"), Value::Null] {
        let token = server.sign_as_realm("JWT", &with(&claims, "typ", typ.clone())).await;
        assert!(!server.is_active(&server.api, &token).await, "{typ}");
    }
    for missing in ["exp", "iat", "jti", "iss", "aud", "client_id"] {
        let token = server.sign_as_realm("JWT", &with(&claims, missing, Value::Null)).await;
        assert!(!server.is_active(&server.api, &token).await, "{missing}");
    }
}

#[tokio::test]
async fn an_expired_token_is_inactive_from_its_second_on() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    let opaque = server.create("opaque", settings).await;
    let tokens = [
        server.access_token(&server.service).await,
        server.access_token(&opaque).await,
    ];
    server.clock.advance(299);
    server.follow().await;
    for token in &tokens {
        assert!(server.is_active(&server.api, token).await, "{token}");
    }
    server.clock.advance(1);
    for token in &tokens {
        assert!(!server.is_active(&server.api, token).await, "{token}");
    }
}

#[tokio::test]
async fn an_opaque_token_needs_its_whole_secret() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    let client = server.create("opaque", settings).await;
    let token = server.access_token(&client).await;
    let mut bytes = b64url_decode(token.strip_prefix("kwt_").unwrap()).unwrap();
    bytes[47] ^= 1;
    let near = format!("kwt_{}", b64url_encode(&bytes));
    assert!(server.is_active(&server.api, &token).await);
    assert!(!server.is_active(&server.api, &near).await);
}

#[tokio::test]
async fn a_token_ends_with_its_client() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    server.edit(&server.service, |client| client.enabled = false).await;
    assert!(!server.is_active(&server.api, &token).await);
    server.edit(&server.service, |client| client.enabled = true).await;
    assert!(server.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn not_before_ends_older_tokens() {
    let server = TestServer::start().await;
    let old = server.access_token(&server.service).await;
    let at = server.clock.now().plus_secs(10);
    server.clock.set(at);
    server.edit(&server.service, |client| client.not_before = at).await;
    assert!(!server.is_active(&server.api, &old).await);
    let young = server.access_token(&server.service).await;
    assert!(
        server.is_active(&server.api, &young).await,
        "one of the same second stays good"
    );
    server.edit_realm(|realm| realm.not_before = at.plus_secs(1)).await;
    assert!(!server.is_active(&server.api, &young).await);
    let answer = server.token(&server.service, &[]).await.json();
    assert_eq!(answer["not-before-policy"], at.secs() + 1);
}
