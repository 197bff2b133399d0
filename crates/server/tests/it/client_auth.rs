//! How clients prove who they are (RFC 6749 §2.3), at every endpoint that asks.

use keyward_domain::client::{ClientAuthMethod, ClientSettings, ClientType};
use keyward_domain::ports::Store as _;
use keyward_domain::{Clock as _, Timestamp};
use keyward_jose::digest::b64_encode;
use keyward_server::admin::clients::rotate_secret::rotate_secret;

use crate::support::{Credentials, INTROSPECT, REVOKE, Request, Response, SEALER, TOKEN, TestServer, service};

const WRONG: &str = "Invalid client or Invalid client credentials";

/// The form that makes each endpoint answer 200 to a client that proved itself.
const ENDPOINTS: [(&str, (&str, &str), &str); 3] = [
    (TOKEN, ("grant_type", "client_credentials"), WRONG),
    (INTROSPECT, ("token", "x"), "Client authentication failed."),
    (REVOKE, ("token", "x"), WRONG),
];

async fn post(server: &TestServer, client: &Credentials) -> Response {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
        ("client_secret", &client.secret),
    ];
    Request::post(TOKEN).form(&form).send(server).await
}

#[tokio::test]
async fn basic_and_post_work_at_every_endpoint() {
    let server = TestServer::start().await;
    let service = &server.service;
    for (path, pair, _) in ENDPOINTS {
        let basic = Request::post(path).basic(service).form(&[pair]).send(&server).await;
        assert_eq!(basic.status, 200, "{path}");
        let form = [
            pair,
            ("client_id", &service.client_id),
            ("client_secret", &service.secret),
        ];
        let post = Request::post(path).form(&form).send(&server).await;
        assert_eq!(post.status, 200, "{path}");
    }
}

#[tokio::test]
async fn wrong_secret_and_unknown_client_look_the_same() {
    let server = TestServer::start().await;
    let disabled = server.create("disabled", service()).await;
    server.edit(&disabled, |client| client.enabled = false).await;
    let basic_only = ClientSettings {
        auth_method: ClientAuthMethod::ClientSecretBasic,
        ..service()
    };
    let basic_only = server.create("basic-only", basic_only).await;
    for (path, pair, text) in ENDPOINTS {
        let mut answers = Vec::new();
        for (client_id, secret) in [
            ("backend-service", "wrong"),
            ("unknown", "wrong"),
            ("disabled", disabled.secret.as_str()),
            ("basic-only", &basic_only.secret),
            ("backend-service", ""),
            ("unknown", ""),
        ] {
            let form = [pair, ("client_id", client_id), ("client_secret", secret)];
            let answer = Request::post(path).form(&form).send(&server).await;
            answer.assert_error(401, "invalid_client", text);
            assert_eq!(answer.header("www-authenticate"), None, "{path}");
            answers.push(answer);
        }
        assert!(answers.windows(2).all(|pair| pair[0].body == pair[1].body), "{path}");
    }
}

#[tokio::test]
async fn a_failed_basic_login_is_challenged() {
    let server = TestServer::start().await;
    for (path, pair, text) in ENDPOINTS {
        for client_id in ["backend-service", "unknown"] {
            let wrong = Credentials::new(client_id, "wrong");
            let answer = Request::post(path).basic(&wrong).form(&[pair]).send(&server).await;
            answer.assert_error(401, "invalid_client", text);
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Basic realm=\"demo\""),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_is_nobody() {
    let server = TestServer::start().await;
    for (path, pair, _) in ENDPOINTS {
        let answer = Request::post(path).form(&[pair]).send(&server).await;
        answer.assert_error(401, "invalid_client", WRONG);
        // A secret without a name names nobody.
        let form = [pair, ("client_secret", server.service.secret.as_str())];
        let answer = Request::post(path).form(&form).send(&server).await;
        answer.assert_error(401, "invalid_client", WRONG);
    }
}

#[tokio::test]
async fn broken_authorization_headers_are_challenged() {
    let server = TestServer::start().await;
    let endless = format!("Basic {}", b64_encode(&[b'a'; 9000]));
    for header in [
        "Basic !!!",
        "Basic",
        "Basic ",
        "Basic bm9jb2xvbg==",
        "Basic OnNlY3JldA==",
        "Basic //8=",
        "Bearer abc",
        "Digest username=x",
        "",
        &endless,
    ] {
        for (path, pair, _) in ENDPOINTS {
            let request = Request::post(path).header("Authorization", header).form(&[pair]);
            let answer = request.send(&server).await;
            answer.assert_error(401, "invalid_client", WRONG);
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Basic realm=\"demo\""),
                "{path} {header}"
            );
        }
    }
}

#[tokio::test]
async fn the_scheme_is_compared_without_case() {
    let server = TestServer::start().await;
    let credentials = b64_encode(format!("backend-service:{}", server.service.secret).as_bytes());
    for scheme in ["basic", "BASIC", "bAsIc"] {
        let request = Request::post(TOKEN).header("Authorization", &format!("{scheme} {credentials}"));
        let answer = request
            .form(&[("grant_type", "client_credentials")])
            .send(&server)
            .await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn secret_in_the_query_is_not_honoured() {
    let server = TestServer::start().await;
    let query = format!("client_id=backend-service&client_secret={}", server.service.secret);
    for (path, pair, _) in ENDPOINTS {
        let request = Request::post(&format!("{path}?{query}")).form(&[pair]);
        request.send(&server).await.assert_error(401, "invalid_client", WRONG);
    }
    let request = Request::post(&format!("{TOKEN}?grant_type=client_credentials&{query}")).form(&[]);
    let answer = request.send(&server).await;
    answer.assert_error(400, "invalid_request", "Missing form parameter: grant_type");
}

#[tokio::test]
async fn more_than_one_mechanism_is_refused() {
    let server = TestServer::start().await;
    let service = &server.service;
    let assertion = ("client_assertion", "a.b.c");
    let secret = ("client_secret", service.secret.as_str());
    for (path, pair, _) in ENDPOINTS {
        for request in [
            Request::post(path).basic(service).form(&[pair, secret]),
            Request::post(path).basic(service).form(&[pair, assertion]),
            Request::post(path).form(&[pair, ("client_id", "backend-service"), secret, assertion]),
            Request::post(path).basic(service).basic(service).form(&[pair]),
        ] {
            let answer = request.send(&server).await;
            answer.assert_error(400, "invalid_request", "More than one client authentication method");
        }
    }
}

#[tokio::test]
async fn the_client_id_beside_basic_must_be_the_same() {
    let server = TestServer::start().await;
    for (path, pair, _) in ENDPOINTS {
        let same = Request::post(path).basic(&server.service);
        let same = same.form(&[pair, ("client_id", "backend-service")]).send(&server).await;
        assert_eq!(same.status, 200, "{path}");
        let other = Request::post(path).basic(&server.service);
        let other = other.form(&[pair, ("client_id", "backend-api")]).send(&server).await;
        other.assert_error(
            400,
            "invalid_request",
            "client_id does not match the Authorization header",
        );
    }
}

#[tokio::test]
async fn ids_and_secrets_of_any_character_are_form_decoded() {
    let server = TestServer::start().await;
    for (client_id, secret) in [
        ("a:b", "c:d:e"),
        ("50%", "%41%"),
        ("a+b", "c+d"),
        ("a b", " c  d "),
        ("bürö", "größe €"),
        ("all:% +ü", "ü+ %:&=#\"\\"),
    ] {
        let client = server.insert(client_id, secret, service()).await;
        let basic = server.token(&client, &[]).await;
        assert_eq!(basic.status, 200, "{client_id}: {basic:?}");
        assert_eq!(post(&server, &client).await.status, 200, "{client_id}");
        let off = Credentials::new(client_id, &format!("{secret}x"));
        assert_eq!(server.token(&off, &[]).await.status, 401, "{client_id}");
    }
}

#[tokio::test]
async fn raw_basic_is_for_clients_that_are_known_to_need_it() {
    let server = TestServer::start().await;
    let encoding = server.insert("encoding", "100%+1", service()).await;
    let settings = ClientSettings {
        raw_basic: true,
        ..service()
    };
    let raw = server.insert("raw", "100%+1", settings).await;
    for (client, status) in [(&encoding, 401), (&raw, 200)] {
        let request = Request::post(TOKEN).raw_basic(&format!("{}:100%+1", client.client_id));
        let answer = request
            .form(&[("grant_type", "client_credentials")])
            .send(&server)
            .await;
        assert_eq!(answer.status, status, "{}", client.client_id);
        assert_eq!(server.token(client, &[]).await.status, 200, "{}", client.client_id);
    }
}

#[tokio::test]
async fn raw_basic_clients_are_found_by_their_id_as_sent() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        raw_basic: true,
        ..service()
    };
    let raw = server.insert("a%2Bb", "100%+1", settings.clone()).await;
    server.insert("a%2Bc", "100%+1", service()).await;
    server.insert("a%2Bd", "100%+1", settings).await;
    // What "a%2Bd" reads as when it is decoded: that name comes first, even when its client is disabled.
    let decoded = server.insert("a+d", "other", service()).await;
    for (sent, status) in [
        ("a%2Bb:100%+1", 200),
        ("a%2Bb:100%25%2B1", 200),
        ("a%2Bb:wrong", 401),
        ("a+b:100%+1", 401),
        ("a%2Bc:100%+1", 401),
        ("a%2Bd:100%+1", 401),
        ("a%2Bd:other", 200),
    ] {
        assert_eq!(raw_basic(&server, sent).await, status, "{sent}");
    }
    // The encoding is still understood.
    assert_eq!(server.token(&raw, &[]).await.status, 200);
    server.edit(&decoded, |client| client.enabled = false).await;
    assert_eq!(raw_basic(&server, "a%2Bd:100%+1").await, 401);
}

async fn raw_basic(server: &TestServer, sent: &str) -> u16 {
    let request = Request::post(TOKEN).raw_basic(sent);
    let answer = request.form(&[("grant_type", "client_credentials")]).send(server).await;
    answer.status
}

#[tokio::test]
async fn a_client_of_one_method_cannot_use_another() {
    let server = TestServer::start().await;
    for (name, auth_method, by_basic, by_post) in [
        ("either", ClientAuthMethod::ClientSecret, 200, 200),
        ("basic", ClientAuthMethod::ClientSecretBasic, 200, 401),
        ("post", ClientAuthMethod::ClientSecretPost, 401, 200),
    ] {
        let settings = ClientSettings {
            auth_method,
            ..service()
        };
        let client = server.create(name, settings).await;
        assert_eq!(server.token(&client, &[]).await.status, by_basic, "{name}");
        assert_eq!(post(&server, &client).await.status, by_post, "{name}");
    }
}

#[tokio::test]
async fn an_assertion_proves_nothing_yet() {
    let server = TestServer::start().await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "backend-service"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", "eyJhbGciOiJub25lIn0.e30."),
    ];
    let answer = Request::post(TOKEN).form(&form).send(&server).await;
    answer.assert_error(401, "invalid_client", WRONG);
}

#[tokio::test]
async fn two_secrets_live_during_a_rotation_and_the_old_one_ends() {
    let server = TestServer::start().await;
    let first = server.service.clone();
    let second = rotate(&server, &first, 60).await;
    for client in [&first, &second] {
        assert_eq!(server.token(client, &[]).await.status, 200);
    }
    server.clock.advance(59);
    server.follow().await;
    assert_eq!(server.token(&first, &[]).await.status, 200);
    server.clock.advance(1);
    server.follow().await;
    let ended = server.token(&first, &[]).await;
    ended.assert_error(401, "invalid_client", WRONG);
    assert_eq!(server.token(&second, &[]).await.status, 200);
}

#[tokio::test]
async fn a_third_secret_ends_the_first_at_once() {
    let server = TestServer::start().await;
    let first = server.service.clone();
    let second = rotate(&server, &first, 600).await;
    let third = rotate(&server, &first, 600).await;
    let statuses = [
        server.token(&first, &[]).await.status,
        server.token(&second, &[]).await.status,
        server.token(&third, &[]).await.status,
    ];
    assert_eq!(statuses, [401, 200, 200]);
}

async fn rotate(server: &TestServer, client: &Credentials, overlap_secs: i64) -> Credentials {
    // The secrets of a client are ordered by when they were made.
    server
        .clock
        .set(Timestamp::from_millis(server.clock.now().millis() + 1));
    let now = server.clock.now();
    let mut tx = server.outage.write().await.unwrap();
    let row = tx
        .client_by_client_id(server.realm.id, &client.client_id)
        .await
        .unwrap();
    let secret = rotate_secret(&mut *tx, &server.realm, &row.unwrap(), &SEALER, overlap_secs, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    server.follow().await;
    Credentials::new(&client.client_id, secret.expose())
}

#[tokio::test]
async fn secrets_are_not_in_the_store_in_clear() {
    let server = TestServer::start().await;
    let mut tx = server.outage.read().await.unwrap();
    let secrets = tx.client_secrets(server.realm.id).await.unwrap();
    let clear = server.service.secret.as_bytes();
    assert!(!secrets.is_empty());
    assert!(
        secrets
            .iter()
            .all(|row| !row.sealed.windows(clear.len()).any(|window| window == clear))
    );
}

#[tokio::test]
async fn a_public_client_may_revoke_but_not_introspect() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        client_type: ClientType::Public,
        ..ClientSettings::default()
    };
    server.create("frontend-app", settings).await;
    let form = [("client_id", "frontend-app"), ("token", "x")];
    let revoked = Request::post(REVOKE).form(&form).send(&server).await;
    assert_eq!((revoked.status, revoked.text()), (200, ""));
    let introspected = Request::post(INTROSPECT).form(&form).send(&server).await;
    introspected.assert_error(403, "invalid_request", "Client not allowed.");
}

#[tokio::test]
async fn a_client_of_another_realm_is_unknown() {
    let server = TestServer::start().await;
    let other = server.add_realm().await;
    let stranger = server.create_in(&other, "stranger", service()).await;
    assert_eq!(server.token(&stranger, &[]).await.status, 401);
}
