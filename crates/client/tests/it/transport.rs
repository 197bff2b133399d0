//! Bounds and trust of outgoing HTTP.

use std::time::Duration;

use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use keyward_client::transport::{TlsError, UrlError};
use keyward_client::{Form, PlainHttp, Transport, TransportError, TransportOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{Server, html, json, tls, transport};

#[tokio::test]
async fn a_form_is_posted_and_the_answer_is_whole() {
    let server = Server::start(|_| async { json(r#"{"a":1}"#) }).await;
    let form = Form::new().with("token", "a b").with("hint", "x");
    let basic = HeaderValue::from_static("Basic eDp5");
    let answer = transport()
        .post_form(&server.url("/t?q=1"), &form, Some(&basic), "application/json")
        .await
        .unwrap();
    assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &br#"{"a":1}"#[..]));
    assert_eq!(answer.media_type(), "application/json");
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/t?q=1"));
    assert_eq!(seen.body, "token=a%20b&hint=x");
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.header("authorization"), Some("Basic eDp5"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("accept-encoding"), None);
}

#[tokio::test]
async fn connections_are_kept() {
    let (acceptor, roots) = tls::acceptor();
    let server = Server::start_tls(acceptor, |_| async { html("x") }).await;
    let options = TransportOptions {
        roots_pem: roots.into_bytes(),
        ..TransportOptions::default()
    };
    let transport = Transport::new(&options).unwrap();
    for _ in 0..3 {
        let answer = transport.get(&server.url("/"), "*/*").await.unwrap();
        assert_eq!(
            (&answer.body[..], answer.media_type().as_str()),
            (&b"x"[..], "text/html")
        );
    }
    assert_eq!(server.count("/"), 3);
}

#[tokio::test]
async fn a_certificate_of_nobody_is_refused() {
    let (acceptor, _) = tls::acceptor();
    let server = Server::start_tls(acceptor, |_| async { html("x") }).await;
    let error = transport().get(&server.url("/"), "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Connect(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "cannot connect: invalid peer certificate: UnknownIssuer"
    );
    assert_eq!(server.count("/"), 0);
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let server = Server::start(|_| async { html("x") }).await;
    let url = format!("https://{}/", server.address());
    let error = transport().get(&url, "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Connect(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "cannot connect: what answers there speaks no TLS: http, not https?"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (acceptor, roots) = tls::acceptor();
    let server = Server::start_tls(acceptor, |_| async { html("x") }).await;
    let options = TransportOptions {
        roots_pem: roots.into_bytes(),
        ..TransportOptions::default()
    };
    let url = format!("https://{}/", server.address());
    let error = Transport::new(&options).unwrap().get(&url, "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Connect(_)), "{error}");
}

#[test]
fn certificates_that_are_none_are_refused() {
    let with = |pem: &str| {
        let options = TransportOptions {
            roots_pem: pem.as_bytes().to_vec(),
            ..TransportOptions::default()
        };
        Transport::new(&options).map(drop)
    };
    assert!(with(" \n").is_ok());
    assert!(matches!(with("no pem"), Err(TlsError::Empty)));
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(with(garbage), Err(TlsError::Certificate(_))));
    assert!(matches!(with("-----BEGIN CERTIFICATE-----\n!\n"), Err(TlsError::Pem)));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let server = Server::start(|seen| async move {
        match seen.target.as_str() {
            "/" => Response::builder()
                .status(302)
                .header("location", "/elsewhere")
                .body(Full::default())
                .unwrap(),
            _ => json("{}"),
        }
    })
    .await;
    let answer = transport().get(&server.url("/"), "*/*").await.unwrap();
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(server.count("/elsewhere"), 0);
}

#[tokio::test]
async fn a_body_above_the_bound_is_refused() {
    let server = Server::start(|_| async { json("x".repeat(10 * 1024 * 1024)) }).await;
    let error = transport().get(&server.url("/"), "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { limit: 262_144 }), "{error}");
    let small = Server::start(|_| async { json("12345") }).await;
    let transport = transport().with_max_body(5);
    assert_eq!(transport.get(&small.url("/"), "*/*").await.unwrap().body.len(), 5);
    let error = transport
        .with_max_body(4)
        .get(&small.url("/"), "*/*")
        .await
        .unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { limit: 4 }), "{error}");
}

/// Says its length to nobody and goes on for ever.
#[tokio::test]
async fn an_endless_body_is_cut_at_the_bound() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let error = transport().get(&url, "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn a_byte_a_moment_does_not_hold_the_exchange_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
            .await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let transport = transport().with_timeout(Duration::from_millis(200));
    let error = transport.get(&url, "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Timeout), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_off_and_a_port_where_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
            .await;
    });
    let error = transport().get(&url, "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Broken(_)), "{error}");
    task.await.unwrap();
    let error = transport().get(&url, "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Connect(_)), "{error}");
    assert_eq!(error.code(), "connect");
}

#[tokio::test]
async fn plain_http_elsewhere_is_refused_before_anything_is_sent() {
    let error = transport().get("http://id.example.com/", "*/*").await.unwrap_err();
    assert!(matches!(error, TransportError::Url(UrlError::PlainHttp)), "{error}");
    let options = TransportOptions {
        plain_http: PlainHttp::Allowed,
        ..TransportOptions::default()
    };
    assert!(
        Transport::new(&options)
            .unwrap()
            .check("http://id.example.com/")
            .is_ok()
    );
}

#[tokio::test]
async fn nothing_that_is_sent_or_comes_is_printed() {
    let server = Server::start(|_| async { json(r#"{"access_token":"canary-answer"}"#) }).await;
    let form = Form::new().with("client_secret", "canary-form");
    let header = HeaderValue::from_static("Basic canary-header");
    let transport = transport();
    let answer = transport
        .post_form(&server.url("/"), &form, Some(&header), "*/*")
        .await
        .unwrap();
    let printed = format!("{transport:?} {form:?} {answer:?}");
    assert!(!printed.contains("canary"), "{printed}");
}
