//! Which scripts may read an answer.

use keyward_domain::client::ClientSettings;

use crate::support::{
    CERTS, Credentials, DISCOVERY, INTROSPECT, REVOKE, Request, Response, TOKEN, TestServer, service,
};

const OWN: &str = "https://shop.example.com";
const FOREIGN: &str = "https://evil.example.org";

async fn shop(server: &TestServer) -> Credentials {
    let settings = ClientSettings {
        web_origins: vec![OWN.into(), "http://127.0.0.1".into(), "+".into()],
        redirect_uris: vec!["https://app.example.com/callback".into()],
        ..service()
    };
    server.create("shop", settings).await
}

async fn from(server: &TestServer, origin: &str, path: &str, client: &Credentials, scope: &str) -> Response {
    let form = [("grant_type", "client_credentials"), ("token", "x"), ("scope", scope)];
    let request = Request::post(path).header("Origin", origin).basic(client).form(&form);
    request.send(server).await
}

#[track_caller]
fn readable_by(answer: &Response, origin: &str) {
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{answer:?}");
    assert_eq!(answer.header("vary"), Some("Origin"));
    let exposed = answer.header("access-control-expose-headers");
    assert_eq!(exposed, Some("WWW-Authenticate, DPoP-Nonce, Retry-After"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
}

#[track_caller]
fn unreadable(answer: &Response) {
    let cors = answer
        .headers
        .iter()
        .find(|(name, _)| name.starts_with("access-control-"));
    assert_eq!(cors, None, "{answer:?}");
}

#[tokio::test]
async fn public_documents_are_for_every_script() {
    let server = TestServer::start().await;
    for path in [DISCOVERY, CERTS, "/realms/demo"] {
        for origin in [OWN, FOREIGN, "null"] {
            let answer = Request::get(path).header("Origin", origin).send(&server).await;
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");
        }
    }
}

#[tokio::test]
async fn scripts_of_the_clients_origins_read_the_answer() {
    let server = TestServer::start().await;
    let shop = shop(&server).await;
    for origin in [OWN, "http://127.0.0.1:5173", "https://app.example.com"] {
        for path in [TOKEN, REVOKE] {
            let answer = from(&server, origin, path, &shop, "").await;
            assert_eq!(answer.status, 200, "{path} {origin}");
            readable_by(&answer, origin);
        }
    }
}

#[tokio::test]
async fn they_read_errors_too() {
    let server = TestServer::start().await;
    let shop = shop(&server).await;
    let refused = from(&server, OWN, TOKEN, &shop, "no:such").await;
    refused.assert_error(400, "invalid_scope", "Invalid scopes: no:such");
    readable_by(&refused, OWN);
    let wrong = Credentials::new("shop", "wrong");
    for path in [TOKEN, REVOKE] {
        let refused = from(&server, OWN, path, &wrong, "").await;
        assert_eq!(refused.status, 401, "{path}");
        readable_by(&refused, OWN);
    }
}

#[tokio::test]
async fn a_foreign_script_gets_no_token() {
    let server = TestServer::start().await;
    let shop = shop(&server).await;
    for origin in [
        FOREIGN,
        "null",
        "https://shop.example.com.evil.org",
        "http://shop.example.com",
    ] {
        for path in [TOKEN, REVOKE] {
            let answer = from(&server, origin, path, &shop, "").await;
            assert_eq!(
                (answer.status, answer.text()),
                (403, r#"{"error":"Invalid origin"}"#),
                "{path} {origin}"
            );
            unreadable(&answer);
        }
    }
}

#[tokio::test]
async fn a_foreign_origin_does_not_tell_known_clients_from_unknown_ones() {
    let server = TestServer::start().await;
    shop(&server).await;
    let mut answers = Vec::new();
    for client_id in ["shop", "unknown"] {
        let answer = from(&server, FOREIGN, TOKEN, &Credentials::new(client_id, "wrong"), "").await;
        assert_eq!(answer.status, 401, "{client_id}");
        unreadable(&answer);
        answers.push(answer.body);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn the_servers_own_origin_is_not_foreign() {
    let server = TestServer::start().await;
    let answer = from(&server, server.public_url(), TOKEN, &server.service, "").await;
    assert_eq!(answer.status, 200);
    unreadable(&answer);
}

#[tokio::test]
async fn a_preflight_cannot_know_the_client() {
    let server = TestServer::start().await;
    for path in [TOKEN, REVOKE] {
        let request = Request::new("OPTIONS", path)
            .header("Origin", FOREIGN)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type");
        let answer = request.send(&server).await;
        assert_eq!((answer.status, answer.text()), (200, ""), "{path}");
        answer.assert_headers(&[
            ("access-control-allow-origin", FOREIGN),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "POST, OPTIONS"),
            ("access-control-allow-headers", "Authorization, DPoP, Content-Type"),
            ("access-control-max-age", "3600"),
            ("vary", "Origin"),
            ("allow", "POST, OPTIONS"),
        ]);
    }
}

#[tokio::test]
async fn public_documents_have_a_preflight_too() {
    let server = TestServer::start().await;
    for path in [DISCOVERY, CERTS, "/realms/demo"] {
        let answer = Request::new("OPTIONS", path).header("Origin", OWN).send(&server).await;
        assert_eq!((answer.status, answer.text()), (200, ""), "{path}");
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET, OPTIONS"));
    }
}

#[tokio::test]
async fn introspection_is_not_for_scripts() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        web_origins: vec![OWN.into()],
        ..service()
    };
    let api = server.create("script-api", settings).await;
    let answer = from(&server, OWN, INTROSPECT, &api, "").await;
    assert_eq!((answer.status, answer.text()), (200, r#"{"active":false}"#));
    unreadable(&answer);
    let preflight = Request::new("OPTIONS", INTROSPECT)
        .header("Origin", OWN)
        .send(&server)
        .await;
    assert_eq!(preflight.status, 405);
    unreadable(&preflight);
}
