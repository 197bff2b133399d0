//! Clients that hold a connection without doing their part.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::Request;
use http_body_util::{BodyExt as _, Empty, StreamBody};
use hyper::body::Frame;

use crate::support::{Connection, TestGateway, Upstream, eventually, http2, text};

async fn collecting() -> Upstream {
    Upstream::start(|request| async move {
        match request.into_body().collect().await {
            Ok(_) => text(200, "whole"),
            Err(_) => text(500, "broken"),
        }
    })
    .await
}

#[tokio::test]
async fn a_head_that_drips_is_cut_off() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::with(&upstream, "header_timeout = \"500ms\"").await;
    let mut client = Connection::open(gateway.address).await;
    let began = std::time::Instant::now();
    for byte in "GET /x HTTP/1.1\r\nHost: a\r\n".bytes().cycle() {
        if !client.try_write([byte]).await || began.elapsed() > Duration::from_secs(10) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn a_body_that_stands_still_is_408() {
    let upstream = collecting().await;
    let gateway = TestGateway::with(&upstream, "body_timeout = \"300ms\"").await;
    for head in [
        "Content-Length: 100\r\n\r\n",
        "Content-Length: 100\r\n\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let mut client = Connection::open(gateway.address).await;
        client.write(format!("POST /x HTTP/1.1\r\nHost: a\r\n{head}")).await;
        let answer = client.read().await.unwrap();
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (408, "request_timeout"),
            "{head:?}"
        );
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(client.is_closed().await);
    }
    assert_eq!(gateway.figure("request_timeout"), 3);
}

#[tokio::test]
async fn a_body_that_drips_is_408() {
    let upstream = collecting().await;
    let gateway = TestGateway::with(&upstream, "body_timeout = \"400ms\"\nmin_body_rate = 1000").await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        .await;
    let began = std::time::Instant::now();
    // No gap is as long as the timeout.
    while client.try_write("x").await && began.elapsed() < Duration::from_millis(1500) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let answer = client.read().await.unwrap();
    assert_eq!((answer.status, answer.reason().as_str()), (408, "request_timeout"));
}

#[tokio::test]
async fn a_body_that_is_slow_and_fast_enough_arrives() {
    let upstream = collecting().await;
    let gateway = TestGateway::with(&upstream, "body_timeout = \"2s\"\nmin_body_rate = 500").await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n")
        .await;
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        client.write([b'x'; 300]).await;
    }
    assert_eq!(client.read().await.unwrap().text(), "whole");
}

#[tokio::test]
async fn who_talks_with_the_upstream_may_be_slow() {
    let upstream = Upstream::start(|request| async move {
        let mut reply = text(200, "");
        *reply.body_mut() = request.into_body().map_err(std::io::Error::other).boxed_unsync();
        reply
    })
    .await;
    let gateway = TestGateway::with(&upstream, "body_timeout = \"2s\"\nmin_body_rate = 500").await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n")
        .await;
    assert_eq!(client.head().await.unwrap().0, 200);
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(350)).await;
        client.write("x").await;
        assert_eq!(client.bytes(1).await, b"x");
    }
}

/// An upstream whose answers never end. It counts those that somebody still reads.
async fn endless(alive: &Arc<AtomicU64>) -> Upstream {
    let alive = Arc::clone(alive);
    Upstream::start(move |_| {
        alive.fetch_add(1, Ordering::SeqCst);
        let ends = Ends(Arc::clone(&alive));
        let pieces = stream::repeat_with(move || {
            let _alive = &ends;
            Ok(Frame::data(Bytes::from_static(&[b'x'; 16 * 1024])))
        });
        async move {
            let mut reply = text(200, "");
            *reply.body_mut() = StreamBody::new(pieces).boxed_unsync();
            reply
        }
    })
    .await
}

struct Ends(Arc<AtomicU64>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_no_answer_is_dropped() {
    let alive = Arc::<AtomicU64>::default();
    let upstream = endless(&alive).await;
    let gateway = TestGateway::with(&upstream, "header_timeout = \"500ms\"").await;
    let mut client = Connection::open(gateway.address).await;
    client.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.head().await.unwrap().0, 200);
    eventually("the end of the answer", async || {
        (alive.load(Ordering::SeqCst) == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_nobody_reads_holds_nothing_of_the_upstream() {
    let alive = Arc::<AtomicU64>::default();
    let upstream = endless(&alive).await;
    let gateway = TestGateway::with(&upstream, "header_timeout = \"500ms\"").await;
    let mut client = http2(gateway.address).await;
    let request = || {
        Request::get("http://a/x")
            .body(Empty::new().map_err(|never| match never {}).boxed_unsync())
            .unwrap()
    };
    let stalled = client.send_request(request()).await.unwrap();
    assert_eq!(stalled.status(), 200);
    eventually("the end of the answer", async || {
        (alive.load(Ordering::SeqCst) == 0).then_some(())
    })
    .await;
    // The connection lives, and whoever reads at last finds that the answer was cut off.
    let mut body = stalled.into_body();
    let end = loop {
        match body.frame().await {
            Some(Ok(_)) => {}
            end => break end.is_none(),
        }
    };
    assert!(!end, "a clean end");
    assert_eq!(client.send_request(request()).await.unwrap().status(), 200);
}
