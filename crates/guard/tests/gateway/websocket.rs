//! WebSocket goes through a tunnel, when the guard lets it begin. Nothing else is upgraded to.

use std::time::Duration;

use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Connection, Reply, TestGateway, Upstream, sent, text, token, token_for};

/// Switches, says hello, and sends back what it gets, in capitals.
fn chat(mut request: Request<Incoming>) -> Reply {
    let upgrade = request.headers().get("upgrade").cloned();
    let Some(upgrade) = upgrade else {
        return text(426, "talk WebSocket to me");
    };
    let switched = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut io = TokioIo::new(switched.await.unwrap());
        io.write_all(b"HELLO ").await.unwrap();
        let mut buffer = [0; 1024];
        while let Ok(read @ 1..) = io.read(&mut buffer).await {
            io.write_all(&buffer[..read].to_ascii_uppercase()).await.unwrap();
        }
        let _gone = io.write_all(b"BYE").await;
    });
    let mut reply = text(101, "");
    let headers = reply.headers_mut();
    headers.insert("upgrade", upgrade);
    headers.insert("connection", HeaderValue::from_static("Upgrade"));
    headers.insert(
        "sec-websocket-accept",
        HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    );
    reply
}

async fn chatting() -> Upstream {
    Upstream::start(|request| async move { chat(request) }).await
}

fn hello(path: &str, lines: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{lines}\r\n"
    )
}

#[tokio::test]
async fn bytes_go_both_ways() {
    let upstream = chatting().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = Connection::open(gateway.address).await;
    // The first word comes with the request.
    client.write(format!("{}early", hello("/chat", ""))).await;
    let answer = client.read().await.unwrap();
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("upgrade"), Some("websocket"));
    assert_eq!(answer.header("connection"), Some("upgrade"));
    assert_eq!(
        answer.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert!(answer.header("x-request-id").is_some());
    assert_eq!(client.bytes(11).await, b"HELLO EARLY");
    for word in ["one", "two", "three"] {
        client.write(word).await;
        assert_eq!(client.bytes(word.len()).await, word.to_uppercase().as_bytes());
    }
    assert_eq!(upstream.header("connection"), ["upgrade"]);
    assert_eq!(upstream.header("sec-websocket-key"), ["dGhlIHNhbXBsZSBub25jZQ=="]);
    assert_eq!(gateway.figure("tunnels"), 1);
}

#[tokio::test]
async fn a_tunnel_meets_the_same_policy() {
    let upstream = chatting().await;
    let gateway = TestGateway::before(&upstream).await;
    let answer = sent(gateway.address, hello("/orders", "")).await;
    assert_eq!((answer.status, answer.header("upgrade")), (401, None));
    assert_eq!(upstream.count(), 0);
    let bearer = format!("Authorization: Bearer {}\r\n", token("orders:read"));
    assert_eq!(sent(gateway.address, hello("/orders", &bearer)).await.status, 101);
    assert_eq!(upstream.header("x-guard-subject"), ["shop-service"]);
}

#[tokio::test]
async fn nothing_else_is_upgraded_to() {
    let upstream = chatting().await;
    let gateway = TestGateway::before(&upstream).await;
    for lines in [
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n",
        "Upgrade: websocket\r\n",
    ] {
        let mut client = Connection::open(gateway.address).await;
        client.write(format!("GET /x HTTP/1.1\r\nHost: a\r\n{lines}\r\n")).await;
        let answer = client.read().await.unwrap();
        assert_eq!(
            (answer.status, answer.text()),
            (426, "talk WebSocket to me"),
            "{lines:?}"
        );
        // It is an ordinary connection still.
        client.write("GET /orders HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(client.read().await.unwrap().status, 401, "{lines:?}");
    }
    let post = "POST /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx";
    assert_eq!(sent(gateway.address, post).await.status, 426);
    let old = "GET /x HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    assert_eq!(sent(gateway.address, old).await.status, 426);
}

#[tokio::test]
async fn an_upstream_that_does_not_want_to_says_so_and_requests_go_on() {
    let upstream = Upstream::start(|_| async { text(403, "no") }).await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = Connection::open(gateway.address).await;
    client.write(hello("/chat", "")).await;
    assert_eq!(client.read().await.unwrap().text(), "no");
    // What a client believes to be inside of a tunnel is judged as what it is.
    client.write("GET /orders HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.read().await.unwrap().status, 401);
    assert_eq!(upstream.count(), 1);
}

#[tokio::test]
async fn a_switch_to_something_else_is_no_answer() {
    let upstream = Upstream::start(|mut request: Request<Incoming>| async move {
        request.headers_mut().insert("upgrade", HeaderValue::from_static("h2c"));
        chat(request)
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    assert_eq!(sent(gateway.address, hello("/chat", "")).await.status, 502);
}

#[tokio::test]
async fn a_silent_tunnel_ends() {
    let upstream = chatting().await;
    let gateway = TestGateway::with(&upstream, "tunnel_timeout = \"2s\"").await;
    let mut client = Connection::open(gateway.address).await;
    client.write(hello("/chat", "")).await;
    assert_eq!(client.read().await.unwrap().status, 101);
    assert_eq!(client.bytes(6).await, b"HELLO ");
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        client.write("x").await;
        assert_eq!(client.bytes(1).await, b"X");
    }
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_tunnel_does_not_outlive_its_token() {
    let upstream = chatting().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = Connection::open(gateway.address).await;
    let bearer = format!("Authorization: Bearer {}\r\n", token_for("orders:read", 3));
    client.write(hello("/orders", &bearer)).await;
    assert_eq!(client.read().await.unwrap().status, 101);
    assert_eq!(client.bytes(6).await, b"HELLO ");
    let began = tokio::time::Instant::now();
    // It talks for as long as it is heard.
    while client.try_write("x").await && client.bytes(1).await == b"X" {
        assert!(began.elapsed() < Duration::from_secs(10), "it goes on without a token");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(began.elapsed() > Duration::from_secs(1), "it ended too early");
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn who_says_his_last_word_still_hears_the_other() {
    let upstream = chatting().await;
    let gateway = TestGateway::before(&upstream).await;
    let stream = tokio::net::TcpStream::connect(gateway.address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(hello("/chat", "").as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"HELLO ") {
        seen.push(reader.read_u8().await.unwrap());
    }
    writer.write_all(b"last").await.unwrap();
    writer.shutdown().await.unwrap();
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"LASTBYE");
}

#[tokio::test]
async fn a_tunnel_has_its_place_until_it_ends() {
    let upstream = chatting().await;
    let gateway = TestGateway::with(&upstream, "max_requests = 1").await;
    let mut client = Connection::open(gateway.address).await;
    client.write(hello("/chat", "")).await;
    assert_eq!(client.read().await.unwrap().status, 101);
    assert_eq!(sent(gateway.address, hello("/chat", "")).await.status, 503);
    drop(client);
    crate::support::eventually("a place", async || {
        (sent(gateway.address, hello("/chat", "")).await.status == 101).then_some(())
    })
    .await;
}
