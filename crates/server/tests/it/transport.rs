//! What arrived over TLS, and what did not, behind a proxy that is named by its address; and connections whose other
//! side does not do its part.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use keyward_server::listen::{self, redirect, tls};
use keyward_server::settings::Tls;
use keyward_server::{Settings, routes};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::support::{Connection, DISCOVERY, Request, TOKEN, TestServer};

/// The proxy is the test itself.
fn behind_a_proxy(settings: &mut Settings) {
    settings.public_url = "https://id.example.com".into();
    settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
}

#[tokio::test]
async fn a_request_that_crossed_a_network_in_clear_is_refused() {
    let server = TestServer::start_with(behind_a_proxy).await;
    let form = [("grant_type", "client_credentials")];
    for proto in [None, Some("http"), Some(""), Some("https, http")] {
        let request = Request::post(TOKEN).basic(&server.service).form(&form);
        let request = match proto {
            None => request,
            Some(proto) => request.header("X-Forwarded-Proto", proto),
        };
        let answer = request.header("X-Forwarded-For", "203.0.113.9").send(&server).await;
        answer.assert_error(403, "invalid_request", "HTTPS required");
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn what_came_over_tls_is_answered_and_stays_on_tls() {
    let server = TestServer::start_with(behind_a_proxy).await;
    let request = Request::get(DISCOVERY)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-For", "203.0.113.9");
    let answer = request.send(&server).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.member("issuer"), "https://id.example.com/realms/demo");
    let hsts = answer.header("strict-transport-security");
    assert_eq!(hsts, Some("max-age=31536000; includeSubDomains"));
}

#[tokio::test]
async fn events_name_the_caller_and_not_the_proxy() {
    let server = TestServer::start_with(behind_a_proxy).await;
    let request = Request::post(TOKEN)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-For", "6.6.6.6, 203.0.113.9")
        .basic(&server.service);
    let answer = request
        .form(&[("grant_type", "client_credentials")])
        .send(&server)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(server.seen.last().address, Some("203.0.113.9".parse().unwrap()));
}

/// A wait that never comes to its end unless something is stuck.
const STUCK: Duration = Duration::from_secs(20);

/// What the pipelined requests of a test weigh.
const FLOOD: usize = 12 * 1024 * 1024;

/// A second port of a server, whose end a test can wait for.
struct Port {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

impl Port {
    async fn open(server: &TestServer, certificates: Option<tls::Certificates>) -> Self {
        let listener = free_port().await;
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = routes::router(Arc::clone(&server.app));
        let port = listen::serve(Arc::clone(&server.app), router, listener, certificates, stopped);
        Self {
            address,
            stop,
            ended: tokio::spawn(port),
        }
    }
}

async fn free_port() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap()
}

/// A certificate for `localhost`, and a connector that trusts it.
fn certificate() -> (tls::Certificates, TlsConnector) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = Tls {
        cert: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.cert, cert.pem()).unwrap();
    std::fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (tls::Certificates::load(&files).unwrap(), Arc::new(config).into())
}

/// A connection with little room on this side.
async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.set_send_buffer_size(64 * 1024).unwrap();
    socket.connect(address).await.unwrap()
}

/// Sends requests and reads no answer. Returns how many bytes went before none went for `patience`, and what then
/// became of the connection, if anything.
async fn pour(stream: &mut (impl AsyncWrite + Unpin), patience: Duration) -> (usize, Option<io::Error>) {
    let requests = Request::get(DISCOVERY).bytes().repeat(256);
    let mut sent = 0;
    while sent < FLOOD {
        let rest = &requests[sent % requests.len()..];
        match timeout(patience, stream.write(rest)).await {
            Ok(Ok(written)) => sent += written,
            Ok(Err(error)) => return (sent, Some(error)),
            Err(_) => return (sent, None),
        }
    }
    (sent, None)
}

#[tokio::test]
async fn a_stalled_reader_is_dropped() {
    let server = TestServer::start_with(|settings| {
        settings.request_timeout_secs = 1;
        settings.max_connections = 1;
    })
    .await;
    let mut stalled = narrow(server.address).await;
    let (sent, dropped) = pour(&mut stalled, STUCK).await;
    assert!(dropped.is_some(), "{sent} bytes were taken");
    // Its place is free, too.
    let answer = timeout(STUCK, Request::get(DISCOVERY).send(&server)).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_stalled_reader_over_tls_is_dropped() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 1).await;
    let (certificates, connector) = certificate();
    let port = Port::open(&server, Some(certificates)).await;
    let stream = narrow(port.address).await;
    let name = "localhost".try_into().unwrap();
    let mut stalled = connector.connect(name, stream).await.unwrap();
    let (sent, dropped) = pour(&mut stalled, STUCK).await;
    assert!(dropped.is_some(), "{sent} bytes were taken");
}

#[tokio::test]
async fn a_reader_that_is_slow_but_reads_gets_everything() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 1).await;
    let answer = Request::get(DISCOVERY).send(&server).await.body;
    // More than the buffers of the system hold.
    let requests = FLOOD / answer.len();
    let (mut reader, mut writer) = TcpStream::connect(server.address).await.unwrap().into_split();
    let asking = tokio::spawn(async move {
        let wire = Request::get(DISCOVERY).bytes().repeat(requests - 1);
        writer.write_all(&wire).await.unwrap();
        let last = Request::get(DISCOVERY).header("Connection", "close").bytes();
        writer.write_all(&last).await.unwrap();
    });
    let (mut all, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    while let count @ 1.. = timeout(STUCK, reader.read(&mut piece)).await.unwrap().unwrap() {
        all.extend_from_slice(&piece[..count]);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    asking.await.unwrap();
    let answers = all.windows(answer.len()).filter(|window| *window == answer).count();
    assert_eq!(answers, requests);
}

#[tokio::test]
async fn a_flood_of_requests_without_reading_is_not_taken_in() {
    let server = TestServer::start().await;
    let mut stalled = narrow(server.address).await;
    let (sent, dropped) = pour(&mut stalled, Duration::from_secs(2)).await;
    assert!(dropped.is_none(), "{dropped:?}");
    // What went lies in the buffers of the system, mostly.
    assert!(sent < FLOOD / 2, "{sent} bytes were taken");
    let answered = server.seen.requests().len();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.seen.requests().len(), answered, "requests are still answered");
}

#[tokio::test]
async fn a_stalled_reader_does_not_hold_up_a_stop() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 2).await;
    let port = Port::open(&server, None).await;
    let mut stalled = narrow(port.address).await;
    let (_, dropped) = pour(&mut stalled, Duration::from_millis(500)).await;
    assert!(dropped.is_none(), "{dropped:?}");
    port.stop.send_replace(true);
    timeout(Duration::from_secs(4), port.ended).await.unwrap().unwrap();
    let (_, dropped) = pour(&mut stalled, STUCK).await;
    assert!(dropped.is_some());
}

#[tokio::test]
async fn a_request_followed_by_half_of_another_gets_its_answer() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 1).await;
    let whole = Request::get(DISCOVERY).bytes();
    for half in [1, whole.len() / 2, whole.len() - 1] {
        let mut connection = Connection::open(server.address).await;
        connection.write(&[&whole[..], &whole[..half]].concat()).await;
        assert_eq!(connection.read().await.map(|answer| answer.status), Some(200), "{half}");
        // The other half never comes.
        let end = connection.read().await;
        assert!(end.is_none_or(|answer| answer.status == 408), "{half}");
        assert!(connection.is_closed().await, "{half}");
    }
}

#[tokio::test]
async fn a_connection_without_a_byte_is_closed() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 1).await;
    let over_tls = Port::open(&server, Some(certificate().0)).await;
    for address in [server.address, over_tls.address] {
        let mut connection = Connection::open(address).await;
        assert!(connection.is_closed().await);
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
    let server = TestServer::start().await;
    for (version, hosts, status) in [
        ("1.1", "", 400),
        ("1.1", "Host: a\r\nHost: b\r\n", 400),
        ("1.1", "Host: a\r\nHost: a\r\n", 400),
        ("1.1", "Host: a\r\n", 200),
        ("1.0", "", 200),
        ("1.0", "Host: a\r\nHost: b\r\n", 400),
    ] {
        let mut connection = Connection::open(server.address).await;
        let request = format!("GET {DISCOVERY} HTTP/{version}\r\n{hosts}\r\n");
        connection.write(request.as_bytes()).await;
        let answer = connection.read().await.unwrap();
        assert_eq!(answer.status, status, "HTTP/{version} {hosts:?}");
        if status == 400 {
            answer.assert_error(400, "invalid_request", "exactly one Host header is needed");
        }
    }
}

#[tokio::test]
async fn the_redirect_port_answers_and_stops() {
    let listener = free_port().await;
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let port = tokio::spawn(redirect::serve("https://id.example.com".into(), listener, stopped));
    let mut browser = Connection::open(address).await;
    browser.write(&Request::get("/realms/demo?a=b").bytes()).await;
    let answer = browser.read().await.unwrap();
    assert_eq!(answer.status, 308);
    assert_eq!(
        answer.header("location"),
        Some("https://id.example.com/realms/demo?a=b")
    );
    assert!(browser.is_closed().await);
    let mut silent = Connection::open(address).await;
    stop.send_replace(true);
    timeout(Duration::from_secs(5), port).await.unwrap().unwrap();
    assert!(silent.is_closed().await);
}
