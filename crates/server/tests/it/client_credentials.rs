//! The client credentials grant (RFC 6749 §4.4): what is asked, what is given, what is in the token.

use keyward_domain::client::{AccessTokenFormat, ClientSettings, ClientType};
use keyward_domain::id::RoleId;
use keyward_domain::role::Role;
use keyward_domain::{Clock as _, entropy};
use keyward_jose::Algorithm;
use keyward_server::SystemEntropy;
use keyward_testkit::builders;
use serde_json::{Value, json};

use crate::support::client::{audience as mapped_audience, mapper};
use crate::support::jwt::{claims, header, usual, verify, with};
use crate::support::{Credentials, Request, TOKEN, TestServer, service};

fn now(server: &TestServer) -> i64 {
    server.clock.now().secs()
}

#[tokio::test]
async fn a_service_gets_a_token() {
    let server = TestServer::start().await;
    let answer = server.token(&server.service, &[]).await;
    assert_eq!(answer.status, 200);
    answer.assert_headers(&[
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("content-type", "application/json"),
    ]);
    let expected = json!({
        "access_token": answer.member("access_token"),
        "expires_in": 300,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "",
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn without_scope_a_token_says_nothing_about_people() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    assert_eq!(claims(&token), usual(&server, &token, now(&server)));
    let (header, jwks) = (header(&token), server.jwks().await);
    assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT", "kid": header["kid"] }));
    assert_eq!(verify(&jwks, &token).unwrap(), claims(&token));
}

#[tokio::test]
async fn scopes_put_names_mail_and_roles_into_the_token() {
    let server = TestServer::start().await;
    grant_roles(&server).await;
    let answer = server
        .token(&server.service, &[("scope", "profile email roles orders:read")])
        .await;
    assert_eq!(answer.member("scope"), "profile email orders:read");
    let token = answer.member("access_token");
    let mut expected = usual(&server, &token, now(&server));
    for (name, value) in [
        ("scope", json!("profile email orders:read")),
        ("preferred_username", json!("service-account-backend-service")),
        ("email_verified", json!(false)),
        ("realm_access", json!({ "roles": ["clerk"] })),
        ("resource_access", json!({ "backend-api": { "roles": ["reader"] } })),
    ] {
        expected[name] = value;
    }
    assert_eq!(claims(&token), expected);
}

async fn grant_roles(server: &TestServer) {
    server
        .change(async |tx| {
            let api = tx.client_by_client_id(server.realm.id, "backend-api").await.unwrap();
            let accounts = tx.service_accounts(server.realm.id).await.unwrap();
            for (name, client) in [("clerk", None), ("reader", api.map(|api| api.id))] {
                let role = Role {
                    id: RoleId(entropy::uuid(&mut SystemEntropy)),
                    client,
                    ..builders::role(&server.realm, name)
                };
                tx.insert_role(&role).await.unwrap();
                tx.assign_role(accounts[0].id, role.id).await.unwrap();
            }
        })
        .await;
}

#[tokio::test]
async fn the_subject_is_the_service_account_and_stays_the_same() {
    let server = TestServer::start().await;
    let other = server.create("other-service", service()).await;
    let mut subjects = Vec::new();
    for client in [&server.service, &server.service, &other] {
        subjects.push(claims(&server.access_token(client).await)["sub"].clone());
    }
    assert_eq!(subjects[0], subjects[1]);
    assert_ne!(subjects[0], subjects[2]);
    assert!(subjects[0].as_str().unwrap().parse::<uuid::Uuid>().is_ok());
}

#[tokio::test]
async fn every_token_has_a_jti_of_its_own() {
    let server = TestServer::start().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let jti = claims(&server.access_token(&server.service).await)["jti"].clone();
        assert!(jti.as_str().unwrap().starts_with("trrtcc:"));
        assert!(seen.insert(jti.to_string()));
    }
}

#[tokio::test]
async fn openid_gives_neither_an_id_token_nor_a_refresh_token() {
    let server = TestServer::start().await;
    let body = server.token(&server.service, &[("scope", "openid")]).await.json();
    assert_eq!(body["scope"], "openid");
    assert!(body.get("id_token").is_none() && body.get("refresh_token").is_none());
    let token = claims(body["access_token"].as_str().unwrap());
    for absent in [
        "auth_time",
        "sid",
        "nonce",
        "email",
        "name",
        "preferred_username",
        "realm_access",
    ] {
        assert!(token.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn a_scope_that_is_not_allowed_refuses_the_whole_request() {
    let server = TestServer::start().await;
    let answer = server.token(&server.service, &[("scope", "orders:read no:such")]).await;
    answer.assert_error(400, "invalid_scope", "Invalid scopes: orders:read no:such");
    let answer = server.token(&server.service, &[("scope", "a  b")]).await;
    answer.assert_error(400, "invalid_scope", "Invalid scopes");
    let answer = server.token(&server.service, &[("scope", "orders:read \"<b>")]).await;
    answer.assert_error(400, "invalid_scope", "Invalid scopes");
}

#[tokio::test]
async fn an_empty_scope_is_no_scope() {
    let server = TestServer::start().await;
    let answer = server.token(&server.service, &[("scope", "")]).await;
    assert_eq!((answer.status, answer.member("scope").as_str()), (200, ""));
}

#[tokio::test]
async fn a_public_client_cannot_have_its_own_token() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        client_type: ClientType::Public,
        ..ClientSettings::default()
    };
    server.create("frontend-app", settings).await;
    let form = [("grant_type", "client_credentials"), ("client_id", "frontend-app")];
    let answer = Request::post(TOKEN).form(&form).send(&server).await;
    answer.assert_error(
        400,
        "unauthorized_client",
        "Public client not allowed to retrieve service account",
    );
}

#[tokio::test]
async fn a_client_without_a_service_account_gets_none() {
    let server = TestServer::start().await;
    let answer = server.token(&server.api, &[]).await;
    answer.assert_error(
        400,
        "unauthorized_client",
        "Client not enabled to retrieve service account",
    );
}

#[tokio::test]
async fn rfc_9068_tokens_say_so_in_their_type() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::AtJwt;
    let client = server.create("modern", settings).await;
    let token = server.access_token(&client).await;
    assert_eq!(header(&token)["typ"], "at+jwt");
    let expected = with(&usual(&server, &token, now(&server)), "azp", json!("modern"));
    assert_eq!(claims(&token), with(&expected, "client_id", json!("modern")));
    assert!(server.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn opaque_tokens_say_nothing_and_are_kept_as_a_hash() {
    let server = TestServer::start().await;
    let client = opaque(&server).await;
    let answer = server.token(&client, &[("scope", "orders:read")]).await;
    assert_eq!((answer.status, &answer.json()["expires_in"]), (200, &json!(300)));
    let token = answer.member("access_token");
    assert!(
        token.starts_with("kwt_") && token.len() == 68 && !token.contains('.'),
        "{token}"
    );
    let body = server.introspect(&server.api, &token).await.json();
    assert_eq!((&body["active"], &body["scope"]), (&json!(true), &json!("orders:read")));
    assert_eq!(body["client_id"], "opaque");
}

async fn opaque(server: &TestServer) -> Credentials {
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    server.create("opaque", settings).await
}

#[tokio::test]
async fn every_algorithm_verifies_from_the_served_jwks() {
    let server = TestServer::start().await;
    let jwks = server.jwks().await;
    for algorithm in Algorithm::ALL {
        let mut settings = service();
        settings.access_token.signature_algorithm = Some(algorithm);
        let client = server.create(algorithm.name(), settings).await;
        let token = server.access_token(&client).await;
        assert_eq!(header(&token)["alg"], algorithm.name());
        assert_eq!(verify(&jwks, &token).unwrap()["client_id"], algorithm.name());
        assert!(server.is_active(&server.api, &token).await, "{algorithm}");
    }
}

#[tokio::test]
async fn the_realm_chooses_the_algorithm_of_clients_that_name_none() {
    let server = TestServer::start().await;
    server
        .edit_realm(|realm| realm.settings.default_signature_algorithm = Algorithm::EdDsa)
        .await;
    let token = server.access_token(&server.service).await;
    assert_eq!(header(&token)["alg"], "EdDSA");
}

#[tokio::test]
async fn a_mapper_cannot_write_what_validators_decide_by() {
    let server = TestServer::start().await;
    let mut settings = service();
    for (claim, value) in [
        ("sub", r#""root""#),
        ("iss", r#""evil""#),
        ("exp", "9"),
        ("tier", r#""gold""#),
    ] {
        let config = [
            ("claim.name", claim),
            ("claim.value", value),
            ("jsonType.label", "JSON"),
        ];
        settings
            .mappers
            .push(mapper(claim, "oidc-hardcoded-claim-mapper", &config));
    }
    let client = server.create("mapped", settings).await;
    let token = claims(&server.access_token(&client).await);
    assert_eq!(
        (&token["tier"], &token["iss"]),
        (&json!("gold"), &json!(server.issuer()))
    );
    assert_ne!(token["sub"], "root");
    assert_eq!(token["exp"], now(&server) + 300);
}

#[tokio::test]
async fn a_resource_narrows_the_audience_and_never_widens_it() {
    let server = TestServer::start().await;
    let mut settings = service();
    for audience in ["https://orders.example", "https://billing.example"] {
        settings.mappers.push(mapped_audience(audience));
    }
    let client = server.create("many", settings).await;
    let audience = |token: &str| claims(token)["aud"].clone();
    let all = json!(["backend-api", "https://orders.example", "https://billing.example"]);
    assert_eq!(audience(&server.access_token(&client).await), all);
    let orders = ("resource", "https://orders.example");
    let one = server.token(&client, &[orders]).await.member("access_token");
    assert_eq!(audience(&one), "https://orders.example");
    let two = [orders, ("resource", "https://billing.example")];
    let two = server.token(&client, &two).await.member("access_token");
    assert_eq!(
        audience(&two),
        json!(["https://orders.example", "https://billing.example"])
    );
    let evil = server
        .token(&client, &[orders, ("resource", "https://evil.example")])
        .await;
    evil.assert_error(400, "invalid_target", "Requested resource not available");
    assert_eq!(
        audience(&server.access_token(&client).await),
        all,
        "the usual plan stays whole"
    );
}

#[tokio::test]
async fn web_origins_stand_in_the_token() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        web_origins: vec!["https://shop.example.com".into()],
        ..service()
    };
    let client = server.create("shop", settings).await;
    let token = claims(&server.access_token(&client).await);
    assert_eq!(token["allowed-origins"], json!(["https://shop.example.com"]));
}

#[tokio::test]
async fn a_machine_token_costs_no_access_to_the_store() {
    let server = TestServer::start().await;
    let before = server.outage.opened();
    let token = server.access_token(&server.service).await;
    assert!(server.is_active(&server.api, &token).await);
    assert_eq!(server.outage.opened(), before);
}

#[tokio::test]
async fn other_grants_are_refused_before_anything_else() {
    let server = TestServer::start().await;
    for grant_type in [
        "implicit",
        "CLIENT_CREDENTIALS",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "none",
    ] {
        let answer = Request::post(TOKEN)
            .form(&[("grant_type", grant_type)])
            .send(&server)
            .await;
        answer.assert_error(400, "unsupported_grant_type", "Unsupported grant_type");
    }
    let answer = Request::post(TOKEN).form(&[("scope", "openid")]).send(&server).await;
    answer.assert_error(400, "invalid_request", "Missing form parameter: grant_type");
}

#[tokio::test]
async fn unknown_parameters_change_nothing() {
    let server = TestServer::start().await;
    let more = [
        ("state", "x"),
        ("nonce", "y"),
        ("client_assertion_type", "z"),
        ("foo", "bar"),
    ];
    let answer = server.token(&server.service, &more).await;
    let keys: Vec<String> = match answer.json() {
        Value::Object(members) => members.into_iter().map(|(name, _)| name).collect(),
        other => panic!("{other}"),
    };
    assert_eq!((answer.status, keys.len()), (200, 6));
}

#[tokio::test]
async fn a_disabled_service_account_gets_no_token() {
    let server = TestServer::start().await;
    let client = builders::client(&server.realm, "suspended");
    server.insert("suspended", "s3cret", ClientSettings::default()).await;
    server
        .change(async |tx| {
            let mut user = builders::service_account(&server.realm, &client);
            user.enabled = false;
            tx.insert_user(&user).await.unwrap();
        })
        .await;
    let suspended = Credentials::new("suspended", "s3cret");
    server.edit(&suspended, |client| client.settings = service()).await;
    let answer = server.token(&suspended, &[]).await;
    answer.assert_error(400, "unauthorized_client", "User disabled");
}
