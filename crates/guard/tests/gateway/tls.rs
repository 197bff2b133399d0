//! TLS on either side.

use std::net::SocketAddr;
use std::sync::Arc;

use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::client::TlsStream;

use crate::support::{Certificate, Connection, TestGateway, Upstream, eventually, get, routes};

async fn connect(
    gateway: &TestGateway,
    certificate: &Certificate,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(gateway.address).await?;
    let name = "localhost".try_into().unwrap();
    certificate.connector(protocols).connect(name, stream).await
}

#[tokio::test]
async fn clients_speak_either_protocol_over_tls() {
    let upstream = Upstream::plain().await;
    let certificate = Certificate::new();
    let gateway = TestGateway::with(&upstream, &certificate.table()).await;
    let stream = connect(&gateway, &certificate, &["http/1.1"]).await.unwrap();
    let mut first = Connection::over(stream);
    first.write("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(first.read().await.unwrap().text(), "fine");
    assert_eq!(upstream.header("x-forwarded-proto"), ["https"]);
    let stream = connect(&gateway, &certificate, &["h2"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut second, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::get("https://localhost/x")
        .body(Empty::<bytes::Bytes>::new())
        .unwrap();
    let answer = second.send_request(request).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "fine");
    // Without TLS there is nothing.
    let mut plain = Connection::open(gateway.address).await;
    plain.write("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(plain.swallow(1 << 20).await < 64);
    assert_eq!(upstream.count(), 2);
}

#[tokio::test]
async fn a_certificate_that_was_replaced_is_used() {
    let upstream = Upstream::plain().await;
    let mut certificate = Certificate::new();
    let gateway = TestGateway::with(&upstream, &certificate.table()).await;
    connect(&gateway, &certificate, &["h2"]).await.unwrap();
    certificate.renew();
    eventually("the new certificate", async || {
        connect(&gateway, &certificate, &["h2"]).await.ok()
    })
    .await;
}

/// A server over TLS that says which protocol it spoke.
async fn over_tls(certificate: &Certificate, protocols: &[&str]) -> SocketAddr {
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate.cert())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let key = PrivateKeyDer::from_pem_file(certificate.key()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let service = service_fn(|request| async move {
                    let version = format!("{:?}", Request::version(&request));
                    Ok::<_, std::convert::Infallible>(crate::support::full(200, version.into()))
                });
                let builder = auto::Builder::new(TokioExecutor::new());
                let _ended = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

async fn asked(upstream: &str, gateway: &str) -> (u16, String) {
    let gateway = TestGateway::start(&routes(upstream, gateway)).await;
    let answer = get(gateway.address, "/x", "").await;
    (answer.status, answer.text().to_owned())
}

#[tokio::test]
async fn upstreams_are_believed_by_their_certificates() {
    let certificate = Certificate::new();
    let port = over_tls(&certificate, &["h2", "http/1.1"]).await.port();
    let trusting = format!("upstream = {{ ca = '{}' }}", certificate.cert().display());
    let first = asked(&format!("https://localhost:{port}"), &trusting).await;
    assert_eq!(first, (200, "HTTP/1.1".into()));
    let second = asked(&format!("h2://localhost:{port}"), &trusting).await;
    assert_eq!(second, (200, "HTTP/2.0".into()));
    // Nobody vouches for it; it is somebody else's; it speaks no TLS.
    assert_eq!(asked(&format!("https://localhost:{port}"), "").await.0, 502);
    assert_eq!(asked(&format!("https://127.0.0.1:{port}"), &trusting).await.0, 502);
    let plain = Upstream::plain().await;
    assert_eq!(
        asked(&format!("https://localhost:{}", plain.address.port()), &trusting)
            .await
            .0,
        502
    );
}

#[tokio::test]
async fn an_upstream_that_does_not_offer_http_2_is_not_asked_in_it() {
    let certificate = Certificate::new();
    let trusting = format!("upstream = {{ ca = '{}' }}", certificate.cert().display());
    for protocols in [&["http/1.1"][..], &[]] {
        let port = over_tls(&certificate, protocols).await.port();
        assert_eq!(asked(&format!("h2://localhost:{port}"), &trusting).await.0, 502);
        assert_eq!(asked(&format!("https://localhost:{port}"), &trusting).await.0, 200);
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_504() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = asked(
        &format!("https://localhost:{port}"),
        "upstream = { connect_timeout = \"300ms\" }",
    )
    .await;
    assert_eq!(asked.0, 504);
}
