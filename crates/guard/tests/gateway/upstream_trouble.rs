//! An upstream that is down, slow, or dies in the middle.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::Request;
use http_body_util::{BodyExt as _, Empty, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Connection, Reply, TestGateway, Upstream, eventually, get, http2, routes, sent, text};

/// An upstream made of bytes: each connection is handed over with its number.
async fn raw<F>(serve: impl Fn(TcpStream, usize) -> F + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, counted.fetch_add(1, Ordering::SeqCst)));
        }
    });
    (address, count)
}

async fn before(upstream: SocketAddr, gateway: &str) -> TestGateway {
    TestGateway::start(&routes(&format!("http://{upstream}"), gateway)).await
}

/// Reads the head of a request.
async fn request(stream: &mut TcpStream) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        bytes.push(byte);
    }
}

#[tokio::test]
async fn an_upstream_that_is_down_is_502_until_it_is_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let gateway = before(address, "").await;
    let answer = get(gateway.address, "/x", "").await;
    assert_eq!((answer.status, answer.reason().as_str()), (502, "bad_gateway"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text().contains("127.0.0.1"));
    assert_eq!(gateway.figure("bad_gateway"), 1);
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        request(&mut stream).await;
        let _sent = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nup")
            .await;
    });
    assert_eq!(get(gateway.address, "/x", "").await.text(), "up");
}

#[tokio::test]
async fn an_upstream_that_does_not_answer_is_504() {
    let upstream = Upstream::start(|_| std::future::pending::<Reply>()).await;
    let gateway = TestGateway::with(&upstream, "upstream = { response_timeout = \"200ms\" }").await;
    let answer = get(gateway.address, "/x", "").await;
    assert_eq!((answer.status, answer.reason().as_str()), (504, "gateway_timeout"));
    // With a body that has come to its end, too, and one that the upstream does not take.
    for (length, body) in [(4, "body".into()), (64 << 20, "x".repeat(32 << 20))] {
        let mut client = Connection::open(gateway.address).await;
        client
            .write(format!(
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
            ))
            .await;
        let taken = client.try_write(&body).await;
        if length == 4 {
            assert!(taken);
            assert_eq!(client.read().await.unwrap().status, 504);
        }
    }
    eventually("three timeouts", async || {
        (gateway.figure("gateway_timeout") == 3).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_upstream_may_take_its_time_while_the_request_still_comes() {
    let upstream = Upstream::start(|request| async move {
        request.into_body().collect().await.unwrap();
        text(200, "whole")
    })
    .await;
    let gateway = TestGateway::with(&upstream, "upstream = { response_timeout = \"2s\" }").await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6000\r\n\r\n")
        .await;
    for _ in 0..6 {
        client.write([b'x'; 1000]).await;
        tokio::time::sleep(Duration::from_millis(450)).await;
    }
    assert_eq!(client.read().await.unwrap().text(), "whole");
}

#[tokio::test]
async fn an_answer_that_stands_still_is_cut_off() {
    let upstream = Upstream::start(|_| async {
        let first = futures_util::stream::iter([Ok(Frame::data(Bytes::from_static(b"first")))]);
        let mut reply = text(200, "");
        *reply.body_mut() = StreamBody::new(first.chain(futures_util::stream::pending())).boxed_unsync();
        reply
    })
    .await;
    let gateway = TestGateway::with(&upstream, "upstream = { body_timeout = \"200ms\" }").await;
    let answer = get(gateway.address, "/x", "").await;
    assert_eq!((answer.status, answer.text()), (200, "first"));
    assert!(!answer.is_whole);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_clean_end() {
    for framing in [
        "content-length: 10\r\n\r\nfirst",
        "transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n",
        "transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n5\r\nse",
        "transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\nnonsense\r\n",
    ] {
        let (upstream, _) = raw(move |mut stream, _| async move {
            request(&mut stream).await;
            stream
                .write_all(format!("HTTP/1.1 200 OK\r\n{framing}").as_bytes())
                .await
                .unwrap();
        })
        .await;
        let gateway = before(upstream, "").await;
        let answer = get(gateway.address, "/x", "").await;
        assert_eq!(answer.status, 200, "{framing:?}");
        assert!(answer.text().starts_with("first"), "{framing:?}");
        assert!(!answer.is_whole, "{framing:?}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_502() {
    let long = "x".repeat(100_000);
    for bytes in [
        "nonsense\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab".into(),
        "HTTP/1.1 200 OK\r\nx y: 1\r\n\r\n".into(),
        format!("HTTP/1.1 200 OK\r\nx: {long}\r\n\r\n"),
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n".into(),
        "HTTP/1.1 200".into(),
        String::new(),
    ] {
        let wire = bytes.clone();
        let (upstream, _) = raw(move |mut stream, _| {
            let wire = wire.clone();
            async move {
                request(&mut stream).await;
                let _sent = stream.write_all(wire.as_bytes()).await;
            }
        })
        .await;
        let gateway = before(upstream, "").await;
        let answer = get(gateway.address, "/x", "").await;
        assert_eq!(answer.status, 502, "{bytes:.60}");
    }
}

#[tokio::test]
async fn both_lengths_of_an_answer_become_one() {
    let (upstream, _) = raw(|mut stream, _| async move {
        request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\ntransfer-encoding: chunked\r\n\r\n";
        stream
            .write_all(format!("{head}4\r\nbody\r\n0\r\n\r\n").as_bytes())
            .await
            .unwrap();
    })
    .await;
    let gateway = before(upstream, "").await;
    let answer = get(gateway.address, "/x", "").await;
    assert_eq!((answer.status, answer.text()), (200, "body"));
    assert_eq!(answer.header("content-length"), None);
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let (upstream, _) = raw(|mut stream, _| async move {
        request(&mut stream).await;
        let wire = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        stream.write_all(wire.as_bytes()).await.unwrap();
        request(&mut stream).await;
    })
    .await;
    let gateway = before(upstream, "").await;
    assert_eq!(get(gateway.address, "/x", "").await.text(), "ok");
}

/// An upstream that answers once on its first connection, and closes it when it is asked again.
async fn forgetful() -> (SocketAddr, Arc<AtomicUsize>) {
    raw(|mut stream, number| async move {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        request(&mut stream).await;
        stream.write_all(answer).await.unwrap();
        request(&mut stream).await;
        if number > 0 {
            stream.write_all(answer).await.unwrap();
        }
    })
    .await
}

#[tokio::test]
async fn a_request_that_may_be_repeated_is_sent_again_on_a_new_connection() {
    let (upstream, connections) = forgetful().await;
    let gateway = before(upstream, "").await;
    assert_eq!(get(gateway.address, "/x", "").await.text(), "ok");
    assert_eq!(get(gateway.address, "/x", "").await.text(), "ok");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_request_that_may_not_be_repeated_is_sent_once() {
    let (upstream, connections) = forgetful().await;
    let gateway = before(upstream, "").await;
    assert_eq!(get(gateway.address, "/x", "").await.text(), "ok");
    let post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(sent(gateway.address, post).await.status, 502);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_goes_away_takes_the_request_along() {
    let gone = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&gone);
    let (upstream, connections) = raw(move |mut stream, _| {
        let count = Arc::clone(&count);
        async move {
            request(&mut stream).await;
            // Nothing more comes, and then the end.
            assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
            count.fetch_add(1, Ordering::SeqCst);
        }
    })
    .await;
    let gateway = before(upstream, "").await;
    let mut client = Connection::open(gateway.address).await;
    client.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    eventually("the request", async || {
        (connections.load(Ordering::SeqCst) == 1).then_some(())
    })
    .await;
    drop(client);
    eventually("the end", async || (gone.load(Ordering::SeqCst) == 1).then_some(())).await;
    // A stream of HTTP/2 that is reset, too.
    let mut client = http2(gateway.address).await;
    let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
    let asking = client.send_request(Request::get("http://a/x").body(body).unwrap());
    let asking = tokio::spawn(asking);
    eventually("the request", async || {
        (connections.load(Ordering::SeqCst) == 2).then_some(())
    })
    .await;
    asking.abort();
    eventually("the end", async || (gone.load(Ordering::SeqCst) == 2).then_some(())).await;
}
