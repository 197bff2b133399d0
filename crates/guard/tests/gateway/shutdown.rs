//! At shutdown what is under way may finish, for a while.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Notify;

use crate::support::{Connection, TestGateway, Upstream, eventually, text};

#[tokio::test]
async fn a_request_under_way_gets_its_answer() {
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let upstream = Upstream::start(move |_| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            text(200, "late")
        }
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let address = gateway.address;
    let idle = Connection::open(address).await;
    let mut client = Connection::open(address).await;
    client.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    eventually("the request", async || (upstream.count() == 1).then_some(())).await;
    gateway.begin_to_stop();
    eventually("the port to close", async || {
        tokio::net::TcpStream::connect(address).await.err().map(drop)
    })
    .await;
    go.notify_one();
    assert_eq!(client.read().await.unwrap().text(), "late");
    assert!(client.is_closed().await);
    let took = gateway.stop().await;
    assert!(took < Duration::from_secs(8), "{took:?}");
    drop(idle);
}

#[tokio::test]
async fn a_tunnel_is_cut_off_after_its_time() {
    let upstream = Upstream::start(|mut request| async move {
        let switched = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut io = TokioIo::new(switched.await.unwrap());
            let _ended = io.read(&mut [0; 1]).await;
        });
        let mut reply = text(101, "");
        let upgrade = request.headers()["upgrade"].clone();
        reply.headers_mut().insert("upgrade", upgrade);
        reply
    })
    .await;
    let gateway = TestGateway::with(&upstream, "drain = \"500ms\"").await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    assert_eq!(client.read().await.unwrap().status, 101);
    let took = gateway.stop().await;
    assert!(
        took >= Duration::from_millis(400) && took < Duration::from_secs(5),
        "{took:?}"
    );
    assert!(client.is_closed().await);
}
