//! How many may come at once.

use std::time::Duration;

use tokio::time::timeout;

use crate::support::{Connection, Reply, TestGateway, Upstream, eventually, get, routes};

const ASK: &str = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn one_connection_too_many_of_an_address_is_closed() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::with(&upstream, "max_connections_per_address = 2").await;
    let mut first = Connection::open(gateway.address).await;
    let mut second = Connection::open(gateway.address).await;
    for connection in [&mut first, &mut second] {
        connection.write(ASK).await;
        assert_eq!(connection.read().await.unwrap().status, 200);
    }
    let mut third = Connection::open(gateway.address).await;
    third.try_write(ASK).await;
    assert!(third.read().await.is_none());
    drop(first);
    eventually("a place", async || {
        let mut next = Connection::open(gateway.address).await;
        next.try_write(ASK).await;
        next.read().await
    })
    .await;
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_as_it_needs() {
    let upstream = Upstream::plain().await;
    let text = format!(
        "{}\n[server]\ntrusted_proxies = [\"127.0.0.1\"]",
        routes(&upstream.url(), "max_connections_per_address = 1")
    )
    .replace("\"127.0.0.1\"", "\"127.0.0.1/32\"");
    let gateway = TestGateway::start(&text).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let mut connection = Connection::open(gateway.address).await;
        connection.write(ASK).await;
        assert_eq!(connection.read().await.unwrap().status, 200);
        open.push(connection);
    }
}

#[tokio::test]
async fn one_connection_too_many_waits() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::with(&upstream, "max_connections = 1").await;
    let mut first = Connection::open(gateway.address).await;
    first.write(ASK).await;
    assert_eq!(first.read().await.unwrap().status, 200);
    let mut second = Connection::open(gateway.address).await;
    second.write(ASK).await;
    assert!(timeout(Duration::from_millis(300), second.read()).await.is_err());
    drop(first);
    assert_eq!(second.read().await.unwrap().status, 200);
}

#[tokio::test]
async fn one_request_too_many_is_503() {
    let upstream = Upstream::start(|request| async move {
        if request.uri().path() == "/slow" {
            return std::future::pending::<Reply>().await;
        }
        crate::support::text(200, "fine")
    })
    .await;
    let gateway = TestGateway::with(&upstream, "max_requests = 1").await;
    let mut slow = Connection::open(gateway.address).await;
    slow.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    eventually("the slow one", async || (upstream.count() == 1).then_some(())).await;
    let answer = get(gateway.address, "/x", "").await;
    assert_eq!((answer.status, answer.reason().as_str()), (503, "busy"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    // Who may not pass is told so all the same.
    assert_eq!(get(gateway.address, "/orders", "").await.status, 401);
    drop(slow);
    eventually("a place", async || {
        (get(gateway.address, "/x", "").await.status == 200).then_some(())
    })
    .await;
    assert!(gateway.figure("busy") >= 1);
}

#[tokio::test]
async fn a_head_that_is_too_long_is_431() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::with(&upstream, "max_head_bytes = 16384").await;
    let line = format!("X-Long: {}\r\n", "x".repeat(10_000));
    assert_eq!(get(gateway.address, "/x", &line).await.status, 200);
    assert_eq!(get(gateway.address, "/x", &line.repeat(3)).await.status, 431);
    assert_eq!(get(gateway.address, "/x", &"A: b\r\n".repeat(200)).await.status, 431);
}
