//! Discovery (RFC 8414, OIDC Discovery).

use keyward_domain::client::{ClientAuthMethod, ClientSettings};
use keyward_domain::scope::{ClientScope, ScopeSettings};
use keyward_jose::Algorithm;
use keyward_testkit::builders;
use serde_json::{Value, json};

use crate::support::jwt::{header, verify};
use crate::support::{Credentials, DISCOVERY, Request, TestServer, service};

mod people;

/// Every form in which clients look.
const FORMS: [&str; 4] = [
    DISCOVERY,
    "/realms/demo/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration/realms/demo",
    "/.well-known/oauth-authorization-server/realms/demo",
];

#[tokio::test]
async fn every_form_gives_the_same_bytes() {
    let server = TestServer::start().await;
    let mut bodies = Vec::new();
    for path in FORMS {
        let answer = Request::get(path).send(&server).await;
        assert_eq!(
            (answer.status, answer.member("issuer")),
            (200, server.issuer()),
            "{path}"
        );
        answer.assert_headers(&[
            ("content-type", "application/json"),
            ("cache-control", "public, max-age=300"),
            ("access-control-allow-origin", "*"),
            ("etag", answer.header("etag").unwrap()),
        ]);
        bodies.push(answer.body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn the_whole_document() {
    let server = TestServer::start().await;
    let url = |path: &str| format!("{}/protocol/openid-connect/{path}", server.issuer());
    let methods = ["client_secret_basic", "client_secret_post"];
    let mut document = Request::get(DISCOVERY).send(&server).await.json();
    let mut scopes: Vec<String> = serde_json::from_value(document["scopes_supported"].take()).unwrap();
    assert_eq!(scopes[0], "openid");
    scopes.sort();
    let expected_scopes = [
        "acr",
        "address",
        "basic",
        "email",
        "offline_access",
        "openid",
        "orders:create",
        "orders:read",
        "phone",
        "profile",
        "roles",
        "web-origins",
    ];
    assert_eq!(scopes, expected_scopes);
    let claims = document["claims_supported"].take();
    for claim in [
        "iss",
        "sub",
        "auth_time",
        "nonce",
        "acr",
        "sid",
        "email",
        "preferred_username",
        "address",
    ] {
        assert!(list(&claims).contains(&claim), "{claim}");
    }
    let expected = json!({
        "issuer": server.issuer(),
        "authorization_endpoint": url("auth"),
        "token_endpoint": url("token"),
        "introspection_endpoint": url("token/introspect"),
        "revocation_endpoint": url("revoke"),
        "userinfo_endpoint": url("userinfo"),
        "end_session_endpoint": url("logout"),
        "check_session_iframe": url("login-status-iframe.html"),
        "jwks_uri": url("certs"),
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "acr_values_supported": ["0", "1"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_supported": null,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "ui_locales_supported": ["en", "de", "zh-CN"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"],
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "scopes_supported": null,
    });
    assert_eq!(document, expected);
}

/// The document promises nothing that was not tried here: a new member without an exercise fails.
#[tokio::test]
async fn everything_that_is_advertised_works() {
    let server = people::start().await;
    let Value::Object(document) = Request::get(DISCOVERY).send(&server).await.json() else {
        panic!("no object")
    };
    for (name, value) in document {
        match name.as_str() {
            "issuer" => issuer(&server, &value).await,
            "jwks_uri" => assert_eq!(Request::get(path(&server, &value)).send(&server).await.status, 200),
            "token_endpoint" | "introspection_endpoint" | "revocation_endpoint" => {
                let form = [("grant_type", "client_credentials"), ("token", "x")];
                let request = Request::post(path(&server, &value)).basic(&server.service).form(&form);
                assert_eq!(request.send(&server).await.status, 200, "{name}");
            }
            "authorization_endpoint" | "userinfo_endpoint" | "end_session_endpoint" | "check_session_iframe" => {
                people::endpoint(&server, &name, path(&server, &value)).await;
            }
            "grant_types_supported" => people::grants(&server, list(&value)).await,
            "response_types_supported" => people::answers(&server, "response_type", list(&value)).await,
            "response_modes_supported" => people::response_modes(&server, list(&value)).await,
            "prompt_values_supported" => people::answers(&server, "prompt", list(&value)).await,
            "acr_values_supported" => people::levels(&server, list(&value)).await,
            "code_challenge_methods_supported" => {
                people::answers(&server, "code_challenge_method", list(&value)).await;
            }
            "ui_locales_supported" => people::locales(&server, list(&value)).await,
            "claims_supported" => people::claims(&server, list(&value)).await,
            "authorization_response_iss_parameter_supported" => people::issuer_in_answers(&server, &value).await,
            "claims_parameter_supported" => people::claims_parameter(&server, &value).await,
            "request_parameter_supported" => people::refused(&server, &value, "request").await,
            "request_uri_parameter_supported" => people::refused(&server, &value, "request_uri").await,
            "claim_types_supported" => assert_eq!(value, json!(["normal"])),
            "scopes_supported" => scopes(&server, list(&value)).await,
            "id_token_signing_alg_values_supported" => algorithms(&server, list(&value)).await,
            "token_endpoint_auth_methods_supported" => methods(&server, "token", list(&value)).await,
            "introspection_endpoint_auth_methods_supported" => methods(&server, "token/introspect", list(&value)).await,
            "revocation_endpoint_auth_methods_supported" => methods(&server, "revoke", list(&value)).await,
            // `sub` is the same for every client, but for one whose mapper says otherwise: `mapped`.
            "subject_types_supported" => assert_eq!(value, json!(["public", "pairwise"])),
            other => panic!("{other} is advertised, and no test exercises it"),
        }
    }
}

fn list(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}

fn path<'v>(server: &TestServer, url: &'v Value) -> &'v str {
    url.as_str().unwrap().strip_prefix(server.public_url()).unwrap()
}

async fn issuer(server: &TestServer, issuer: &Value) {
    let token = server.access_token(&server.service).await;
    assert_eq!(&verify(&server.jwks().await, &token).unwrap()["iss"], issuer);
    let found = Request::get(&format!("{}/.well-known/openid-configuration", path(server, issuer)));
    assert_eq!(&found.send(server).await.json()["issuer"], issuer);
}

async fn scopes(server: &TestServer, scopes: Vec<&str>) {
    for scope in scopes {
        let answer = server.token(&server.service, &[("scope", scope)]).await;
        assert_eq!(answer.status, 200, "{scope}");
    }
}

async fn algorithms(server: &TestServer, names: Vec<&str>) {
    let jwks = server.jwks().await;
    for name in names {
        let mut settings = service();
        settings.access_token.signature_algorithm = Some(Algorithm::parse(name).unwrap());
        let client = server.create(&format!("client-{name}"), settings).await;
        let token = server.access_token(&client).await;
        assert_eq!(header(&token)["alg"], name);
        assert!(verify(&jwks, &token).is_ok(), "{name}");
    }
}

async fn methods(server: &TestServer, endpoint: &str, methods: Vec<&str>) {
    let path = format!("/realms/demo/protocol/openid-connect/{endpoint}");
    for method in methods {
        let (auth_method, by_header) = match method {
            "client_secret_basic" => (ClientAuthMethod::ClientSecretBasic, true),
            "client_secret_post" => (ClientAuthMethod::ClientSecretPost, false),
            other => panic!("{other} is advertised, and no test exercises it"),
        };
        let settings = ClientSettings {
            auth_method,
            ..service()
        };
        let name = format!("{method}-{}", endpoint.replace('/', "-"));
        let Credentials { client_id, secret } = server.create(&name, settings).await;
        let common = [("grant_type", "client_credentials"), ("token", "x")];
        let request = if by_header {
            Request::post(&path)
                .basic(&Credentials::new(&client_id, &secret))
                .form(&common)
        } else {
            let own = [("client_id", client_id.as_str()), ("client_secret", &secret)];
            Request::post(&path).form(&[&common[..], &own].concat())
        };
        assert_eq!(request.send(server).await.status, 200, "{method} at {endpoint}");
    }
}

#[tokio::test]
async fn a_scope_may_stay_out_of_the_document() {
    let server = TestServer::start().await;
    let hidden = ClientScope {
        settings: ScopeSettings {
            include_in_metadata: false,
            ..ScopeSettings::default()
        },
        ..builders::scope(&server.realm, "internal")
    };
    let shown = builders::scope(&server.realm, "invoices:read");
    server
        .change(async |tx| {
            tx.insert_scope(&hidden).await.unwrap();
            tx.insert_scope(&shown).await.unwrap();
        })
        .await;
    let document = Request::get(DISCOVERY).send(&server).await.json();
    let scopes = list(&document["scopes_supported"]);
    assert!(scopes.contains(&"invoices:read") && !scopes.contains(&"internal"));
}

#[tokio::test]
async fn a_trailing_slash_is_another_path() {
    let server = TestServer::start().await;
    for path in [
        "/realms/demo/",
        "/realms/demo//.well-known/openid-configuration",
        "/realms/demo/.well-known/openid-configuration/",
        "/.well-known/openid-configuration/realms/demo/",
        "/.well-known/oauth-authorization-server/realms/demo/",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let answer = Request::get(path).send(&server).await;
        assert_eq!(
            (answer.status, answer.text()),
            (404, r#"{"error":"HTTP 404 Not Found"}"#),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_host_header_changes_nothing() {
    let server = TestServer::start_with(|settings| settings.public_url = "https://id.example.com".into()).await;
    for header in [
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Prefix", "/evil"),
    ] {
        let answer = Request::get(DISCOVERY).header(header.0, header.1).send(&server).await;
        assert_eq!(answer.member("issuer"), "https://id.example.com/realms/demo");
        assert!(!answer.text().contains("evil"));
    }
    let mut connection = crate::support::Connection::open(server.address).await;
    let request = format!("GET {DISCOVERY} HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    connection.write(request.as_bytes()).await;
    assert!(!connection.read().await.unwrap().text().contains("evil"));
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let server = TestServer::start().await;
    let first = Request::get(DISCOVERY).send(&server).await;
    let etag = first.header("etag").unwrap();
    for known in [etag.to_owned(), format!("W/{etag}"), format!("\"x\", {etag}")] {
        let again = Request::get(DISCOVERY)
            .header("If-None-Match", &known)
            .send(&server)
            .await;
        assert_eq!((again.status, again.header("etag")), (304, Some(etag)), "{known}");
    }
    let other = Request::get(DISCOVERY)
        .header("If-None-Match", "\"x\"")
        .send(&server)
        .await;
    assert_eq!((other.status, other.body), (200, first.body));
}

#[tokio::test]
async fn head_answers_like_get_without_the_body() {
    let server = TestServer::start().await;
    let answer = Request::new("HEAD", DISCOVERY).send(&server).await;
    let length: usize = answer.header("content-length").unwrap().parse().unwrap();
    assert_eq!((answer.status, length > 100, answer.body.len()), (200, true, 0));
}
