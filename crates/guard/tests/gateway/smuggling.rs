//! Requests whose end two programs could see in different places. RFC 9112 §11.2

use http_body_util::BodyExt as _;

use crate::support::{Connection, TestGateway, Upstream, full};

/// Answers with the body that it got.
async fn echo() -> Upstream {
    Upstream::start(|request| async move {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        full(200, body)
    })
    .await
}

/// A request that hides in the body of another, if somebody reads that one wrongly.
const HIDDEN: &str = "GET /orders HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn two_ways_to_say_where_a_body_ends_hide_nothing() {
    let upstream = echo().await;
    let gateway = TestGateway::before(&upstream).await;
    for lines in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\nContent-Length: 5\r\n",
    ] {
        let before = upstream.count();
        let mut connection = Connection::open(gateway.address).await;
        connection
            .write(format!(
                "POST /x HTTP/1.1\r\nHost: a\r\n{lines}\r\n3\r\nabc\r\n0\r\n\r\n{HIDDEN}"
            ))
            .await;
        let answer = connection.read().await.unwrap();
        // RFC 9112 §6.1 lets a server refuse it, or believe the chunks and close: nothing behind them is a request.
        assert_eq!((answer.status, answer.text()), (200, "abc"), "{lines:?}");
        assert!(connection.is_closed().await, "{lines:?}");
        assert_eq!(upstream.count(), before + 1, "{lines:?}");
        assert!(upstream.header("content-length").is_empty());
        assert_eq!(upstream.header("transfer-encoding"), ["chunked"]);
    }
}

#[tokio::test]
async fn framing_that_nobody_understands_is_refused_and_the_connection_closed() {
    let upstream = echo().await;
    let gateway = TestGateway::before(&upstream).await;
    for lines in [
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 4, 5\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: -4\r\n",
        "Content-Length: 0x4\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length : 4\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: \x0bchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "X: a\r\n folded\r\n",
        "X: a\0b\r\n",
        "X: a\rb\r\n",
        "X y: 1\r\n",
        ": 1\r\n",
    ] {
        let mut connection = Connection::open(gateway.address).await;
        connection
            .write(format!("POST /x HTTP/1.1\r\nHost: a\r\n{lines}\r\n{HIDDEN}"))
            .await;
        let answer = connection.read().await.expect(lines);
        assert_eq!(answer.status, 400, "{lines:?}");
        assert!(connection.is_closed().await, "{lines:?}");
    }
    let mut old = Connection::open(gateway.address).await;
    let lines = "Host: a\r\nTransfer-Encoding: chunked\r\n";
    old.write(format!("POST /x HTTP/1.0\r\n{lines}\r\n0\r\n\r\n{HIDDEN}"))
        .await;
    assert_eq!(old.read().await.unwrap().status, 400);
    assert!(old.is_closed().await);
    assert_eq!(upstream.count(), 0);
}

/// hyper reads only the last word about how a body came.
#[tokio::test]
async fn a_coding_before_the_chunks_or_two_fields_of_it_are_refused_and_the_connection_closed() {
    let upstream = echo().await;
    let gateway = TestGateway::before(&upstream).await;
    for lines in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: , chunked\r\n",
    ] {
        for path in ["/x", "/orders"] {
            let mut connection = Connection::open(gateway.address).await;
            connection
                .write(format!(
                    "POST {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n3\r\nabc\r\n0\r\n\r\n{HIDDEN}"
                ))
                .await;
            let answer = connection.read().await.expect(lines);
            assert_eq!(
                (answer.status, answer.reason().as_str()),
                (501, "transfer_coding"),
                "{lines:?}"
            );
            assert!(connection.is_closed().await, "{lines:?}");
        }
    }
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn chunks_that_are_none_end_the_request() {
    let upstream = echo().await;
    let gateway = TestGateway::before(&upstream).await;
    for chunks in [
        "x\r\nabc\r\n",
        "-1\r\n",
        "3 3\r\nabc\r\n",
        "fffffffffffffffff\r\n",
        "3\r\nabcd\r\n",
        "3\nabc\r\n",
    ] {
        let mut connection = Connection::open(gateway.address).await;
        let head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        connection.write(format!("{head}{chunks}{HIDDEN}")).await;
        let status = connection.read().await.map(|answer| answer.status);
        assert!(matches!(status, None | Some(400)), "{chunks:?}: {status:?}");
        assert!(connection.is_closed().await, "{chunks:?}");
    }
    let hidden = upstream.count() > 0 && upstream.last().uri.path() == "/orders";
    assert!(!hidden);
}

#[tokio::test]
async fn pipelined_requests_are_judged_one_by_one() {
    let upstream = echo().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut connection = Connection::open(gateway.address).await;
    let first = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    connection.write(format!("{first}{HIDDEN}{first}")).await;
    for status in [200, 401, 200] {
        assert_eq!(connection.read().await.unwrap().status, status);
    }
    assert_eq!(upstream.count(), 2);
}
