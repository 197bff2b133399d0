//! Bodies go through as they come, and nothing of them is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::support::{Connection, Reply, STUCK, TestGateway, Upstream, text};

const PIECE: &[u8] = &[b'x'; 64 * 1024];

/// What may be under way between a writer and a reader that does not read: the buffers of four sockets, of two
/// connections of hyper, and some more.
const IN_FLIGHT: u64 = 24 * 1024 * 1024;

/// An answer of so many bytes, made as it is read. `made` counts them.
fn endless(length: u64, made: Arc<AtomicU64>) -> Reply {
    let pieces = stream::unfold(length, move |left| {
        let made = Arc::clone(&made);
        async move {
            let size = left.min(PIECE.len() as u64);
            made.fetch_add(size, Ordering::Relaxed);
            let piece = Bytes::from_static(&PIECE[..usize::try_from(size).unwrap()]);
            (size > 0).then(|| (Ok(Frame::data(piece)), left - size))
        }
    });
    let mut reply = text(200, "");
    *reply.body_mut() = StreamBody::new(pieces).boxed_unsync();
    reply
}

/// Counts the body of a request, piece by piece, and answers with the sum.
async fn counting() -> Upstream {
    Upstream::start(|request| async move {
        let mut body = request.into_body();
        let mut sum = 0;
        while let Some(frame) = body.frame().await {
            sum += frame.unwrap().data_ref().map_or(0, Bytes::len);
        }
        crate::support::full(200, Bytes::from(sum.to_string()))
    })
    .await
}

/// Memory of this process that is in use, in bytes.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

async fn both_ways(length: u64) {
    let made = Arc::<AtomicU64>::default();
    let source = Arc::clone(&made);
    let down = Upstream::start(move |_| {
        let reply = endless(length, Arc::clone(&source));
        async move { reply }
    })
    .await;
    let before = resident();
    let gateway = TestGateway::before(&down).await;
    let mut reader = Connection::open(gateway.address).await;
    reader.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (status, _) = reader.head().await.unwrap();
    assert_eq!(status, 200);
    // Chunks have some bytes around them.
    let came = reader.swallow(length).await;
    assert!(came >= length, "{came}");
    assert!(resident() < before + 64 * 1024 * 1024, "{} of {before}", resident());

    let up = counting().await;
    let gateway = TestGateway::before(&up).await;
    let mut writer = Connection::open(gateway.address).await;
    writer
        .write(format!(
            "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
        ))
        .await;
    let mut left = length;
    while left > 0 {
        let size = left.min(PIECE.len() as u64);
        writer.write(&PIECE[..usize::try_from(size).unwrap()]).await;
        left -= size;
    }
    assert_eq!(writer.read().await.unwrap().text(), length.to_string());
    assert!(resident() < before + 64 * 1024 * 1024, "{} of {before}", resident());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_body_goes_through_in_constant_memory() {
    both_ways(256 * 1024 * 1024).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute: 10 GB each way"]
async fn ten_gigabytes_go_through_in_constant_memory() {
    both_ways(10_000_000_000).await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_not_taken_in() {
    let made = Arc::<AtomicU64>::default();
    let source = Arc::clone(&made);
    let upstream = Upstream::start(move |_| {
        let reply = endless(1 << 40, Arc::clone(&source));
        async move { reply }
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let mut reader = Connection::open(gateway.address).await;
    reader.write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(reader.head().await.unwrap().0, 200);
    let stands = still(|| made.load(Ordering::Relaxed)).await;
    assert!(
        stands < IN_FLIGHT,
        "{stands} bytes were made for a reader that does not read"
    );
}

#[tokio::test]
async fn a_request_that_nobody_reads_is_not_taken_in() {
    let upstream = Upstream::start(|request| async move {
        let _unread = request;
        std::future::pending::<Reply>().await
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let sent = Arc::<AtomicU64>::default();
    let count = Arc::clone(&sent);
    let writing = tokio::spawn(async move {
        let mut writer = Connection::open(gateway.address).await;
        writer
            .write("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n")
            .await;
        while writer.try_write(PIECE).await {
            count.fetch_add(PIECE.len() as u64, Ordering::Relaxed);
        }
        drop(gateway);
    });
    let stands = still(|| sent.load(Ordering::Relaxed)).await;
    assert!(
        stands < IN_FLIGHT,
        "{stands} bytes were taken for an upstream that does not read"
    );
    writing.abort();
}

/// Waits until a count stands still.
async fn still(count: impl Fn() -> u64) -> u64 {
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = count();
        if now == before && now > 0 {
            return now;
        }
        assert!(now < 1 << 30, "it does not end");
        before = now;
    }
}

/// Answers at once, with each piece as it comes.
async fn echo() -> Upstream {
    Upstream::start(|request| async move {
        let mut reply = text(200, "");
        *reply.body_mut() = request.into_body().map_err(std::io::Error::other).boxed_unsync();
        reply
    })
    .await
}

#[tokio::test]
async fn each_piece_arrives_before_the_next_is_sent() {
    let upstream = echo().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    assert_eq!(client.head().await.unwrap().0, 200);
    for word in ["one", "two", "six"] {
        client.write(format!("3\r\n{word}\r\n")).await;
        assert_eq!(client.bytes(8).await, format!("3\r\n{word}\r\n").into_bytes());
    }
    client.write("0\r\n\r\n").await;
    assert_eq!(client.line().await.as_deref(), Some("0"));
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_request_is_passed_on() {
    let (came, mut pieces) = mpsc::channel(2);
    let upstream = Upstream::start(move |request| {
        let came = came.clone();
        async move {
            tokio::spawn(async move {
                let mut body = request.into_body();
                while let Some(Ok(frame)) = body.frame().await {
                    came.send(frame.into_data().unwrap()).await.unwrap();
                }
            });
            text(202, "got it")
        }
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
        .await;
    let answer = client.read().await.unwrap();
    assert_eq!((answer.status, answer.text()), (202, "got it"));
    client.write("def").await;
    for piece in ["abc", "def"] {
        let came = tokio::time::timeout(STUCK, pieces.recv()).await.unwrap();
        assert_eq!(came.unwrap(), piece);
    }
    // The connection is at the beginning of another request.
    client.write("GET /orders HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.read().await.unwrap().status, 401);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let upstream = counting().await;
    let gateway = TestGateway::with(&upstream, "max_body_bytes = 1000").await;
    // One that says so is not even begun.
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
        .await;
    let answer = client.read().await.unwrap();
    assert_eq!((answer.status, answer.reason().as_str()), (413, "body_too_large"));
    assert_eq!(upstream.count(), 0);
    // One that does not is cut off there.
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n")
        .await;
    client.write([b'x'; 1000]).await;
    client.write("\r\n1\r\ny\r\n").await;
    let answer = client.read().await.unwrap();
    assert_eq!((answer.status, answer.reason().as_str()), (413, "body_too_large"));
    assert!(client.is_closed().await);
    // One that keeps to it passes.
    let mut client = Connection::open(gateway.address).await;
    client
        .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        .await;
    client.write([b'x'; 1000]).await;
    assert_eq!(client.read().await.unwrap().text(), "1000");
    assert_eq!(gateway.figure("body_too_large"), 2);
}
