//! Discovery.

use keyward_client::transport::UrlError;
use keyward_client::{DiscoveryError, Issuer, TransportError};
use serde_json::json;

use crate::support::{Reply, Server, html, json, status, transport};

/// An issuer whose paths answer as `answer` says, given the issuer's own URL.
async fn server(answer: impl Fn(&str, &str) -> Reply + Send + Sync + Copy + 'static) -> (Server, String) {
    let server = Server::start(move |seen| async move {
        let issuer = format!("http://{}/realms/acme", seen.header("host").unwrap());
        answer(&seen.target, &issuer)
    })
    .await;
    let issuer = server.url("/realms/acme");
    (server, issuer)
}

const OPENID: &str = "/realms/acme/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server/realms/acme";

#[tokio::test]
async fn openid_connect_first_and_only_once() {
    let (server, issuer) = server(|path, issuer| match path {
        OPENID => json(json!({"issuer": issuer, "token_endpoint": format!("{issuer}/token")}).to_string()),
        _ => status(404),
    })
    .await;
    let found = Issuer::new(transport(), issuer.as_str());
    for _ in 0..2 {
        let metadata = found.metadata().await.unwrap();
        assert_eq!(metadata.token_endpoint, Some(format!("{issuer}/token")));
    }
    assert_eq!((server.count(OPENID), server.count(OAUTH)), (1, 0));
    found.forget();
    found.metadata().await.unwrap();
    assert_eq!(server.count(OPENID), 2);
}

#[tokio::test]
async fn then_oauth_with_the_path_after_the_well_known_part() {
    for missing in [404, 400, 302, 200] {
        let server = Server::start(move |seen| async move {
            let issuer = format!("http://{}/realms/acme", seen.header("host").unwrap());
            match seen.target.as_str() {
                OAUTH => json(json!({"issuer": issuer}).to_string()),
                _ if missing == 200 => html("<html>Welcome</html>"),
                _ => status(missing),
            }
        })
        .await;
        let issuer = Issuer::new(transport(), server.url("/realms/acme"));
        assert_eq!(issuer.metadata().await.unwrap().issuer, issuer.url(), "{missing}");
    }
}

#[tokio::test]
async fn an_issuer_without_a_path_or_with_a_slash_at_its_end() {
    for path in ["", "/"] {
        let server = Server::start(move |seen| async move {
            let issuer = format!("http://{}{path}", seen.header("host").unwrap());
            match seen.target.as_str() {
                "/.well-known/oauth-authorization-server" => json(json!({"issuer": issuer}).to_string()),
                _ => status(404),
            }
        })
        .await;
        let issuer = Issuer::new(transport(), server.url(path));
        assert_eq!(issuer.metadata().await.unwrap().issuer, issuer.url());
        assert_eq!(server.seen()[0].target, "/.well-known/openid-configuration");
    }
}

/// RFC 8414 §3.3, and the mix-up of RFC 9700 §4.4
#[tokio::test]
async fn the_document_of_another_issuer_is_refused() {
    for other in ["", "/", "/realms/acm", "/realms/acme/", "/realms/ACME"] {
        let server = Server::start(move |seen| async move {
            let issuer = format!("http://{}{other}", seen.header("host").unwrap());
            json(json!({"issuer": issuer}).to_string())
        })
        .await;
        let issuer = Issuer::new(transport(), server.url("/realms/acme"));
        let error = issuer.metadata().await.unwrap_err();
        let found = server.url(other);
        let told = format!(
            "the metadata is that of another issuer: asked for {:?}, the document says {found:?}",
            issuer.url()
        );
        assert_eq!(error.to_string(), told);
        assert_eq!(server.count(OAUTH), 0);
    }
}

/// What a stranger's document says is told in one short line, and never a query.
#[tokio::test]
async fn what_another_issuer_says_of_itself_is_told_with_care() {
    let server = Server::start(|_| async {
        let issuer = format!("https://x/\n{}?secret=geheim", "a".repeat(1000));
        json(json!({"issuer": issuer}).to_string())
    })
    .await;
    let error = Issuer::new(transport(), server.url("")).metadata().await.unwrap_err();
    assert!(matches!(error, DiscoveryError::IssuerMismatch { .. }), "{error}");
    let told = error.to_string();
    assert!(
        told.len() < 500 && !told.contains('\n') && !told.contains("geheim"),
        "{told}"
    );
}

#[tokio::test]
async fn an_endpoint_without_tls_is_refused() {
    for member in [
        "jwks_uri",
        "token_endpoint",
        "introspection_endpoint",
        "authorization_endpoint",
    ] {
        let server = Server::start(move |seen| async move {
            let issuer = format!("http://{}/realms/acme", seen.header("host").unwrap());
            json(json!({"issuer": issuer, member: "http://169.254.169.254/x"}).to_string())
        })
        .await;
        let error = Issuer::new(transport(), server.url("/realms/acme")).metadata().await;
        assert!(
            matches!(error, Err(DiscoveryError::Endpoint(UrlError::PlainHttp))),
            "{member}"
        );
    }
}

#[tokio::test]
async fn an_outage_is_not_asked_twice_and_not_remembered() {
    let (server, issuer) = server(|_, _| status(503)).await;
    let found = Issuer::new(transport(), issuer);
    let error = found.metadata().await.unwrap_err();
    let told = format!("the issuer's metadata at {}: status 503", server.url(OPENID));
    assert_eq!(error.to_string(), told);
    assert_eq!((server.count(OPENID), server.count(OAUTH)), (1, 0));
    assert!(found.metadata().await.is_err());
    assert_eq!(server.count(OPENID), 2);
}

#[tokio::test]
async fn malformed_and_oversized_documents_are_refused() {
    let bodies = [
        "",
        "[]",
        r#"{"issuer":7}"#,
        r#"{"jwks_uri":[]}"#,
        r#"{"issuer":"a","issuer":"b"}"#,
        r#"{"x":1,"x":2}"#,
    ];
    for body in bodies {
        let server = Server::start(move |_| async move { json(body) }).await;
        let error = Issuer::new(transport(), server.url("")).metadata().await.unwrap_err();
        assert!(matches!(error, DiscoveryError::Malformed), "{body}: {error}");
    }
    let (_server, issuer) = server(|_, _| json(format!(r#"{{"x":"{}"}}"#, "x".repeat(300_000)))).await;
    let error = Issuer::new(transport(), issuer).metadata().await.unwrap_err();
    let DiscoveryError::Transport { error, .. } = error else {
        panic!("{error}")
    };
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn an_issuer_that_cannot_be_one_is_refused() {
    for url in [
        "",
        "acme",
        "http://id.example.com",
        "https://id.example.com/?a=b",
        "https://id.example.com/#a",
    ] {
        let error = Issuer::new(transport(), url).metadata().await.unwrap_err();
        assert!(matches!(error, DiscoveryError::Issuer(_)), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_hundred_callers_ask_once() {
    let (server, issuer) = server(|_, issuer| json(json!({"issuer": issuer}).to_string())).await;
    let issuer = Issuer::new(transport(), issuer);
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let issuer = issuer.clone();
        callers.spawn(async move { issuer.metadata().await.unwrap() });
    }
    callers.join_all().await;
    assert_eq!(server.count(OPENID), 1);
}
