//! HTTP/2 on either side; what gRPC needs of it.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Version};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;

use crate::support::{Reply, TestGateway, Upstream, get, http2, routes, text, token};

fn body(text: &'static str) -> UnsyncBoxBody<Bytes, std::io::Error> {
    Full::new(Bytes::from_static(text.as_bytes()))
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// Answers as gRPC does: a piece for each piece, the status in the trailers.
async fn grpc() -> Upstream {
    Upstream::start(|request| async move {
        let pieces = request.into_body().into_data_stream().map(|piece| {
            let piece = piece.map_err(std::io::Error::other)?;
            Ok(Frame::data(piece))
        });
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        let frames = pieces.chain(stream::iter([Ok(Frame::trailers(trailers))]));
        let mut reply: Reply = text(200, "");
        *reply.body_mut() = StreamBody::new(frames).boxed_unsync();
        reply
            .headers_mut()
            .insert("content-type", HeaderValue::from_static("application/grpc"));
        reply
    })
    .await
}

async fn over_h2c(upstream: &Upstream) -> TestGateway {
    TestGateway::start(&routes(&format!("h2c://{}", upstream.address), "")).await
}

#[tokio::test]
async fn an_upstream_of_http_1_answers_a_client_of_http_2() {
    let upstream = Upstream::start(|request| async move {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        crate::support::full(200, body)
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = http2(gateway.address).await;
    let request = Request::post("http://api.example.com/%61?b")
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .body(body("text"))
        .unwrap();
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("x-request-id"));
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "text");
    let head = upstream.last();
    assert_eq!(
        (head.version, head.uri.to_string()),
        (Version::HTTP_11, "/%61?b".into())
    );
    assert_eq!(upstream.header("host"), ["api.example.com"]);
    assert_eq!(upstream.header("via"), ["2.0 keyward"]);
    assert_eq!(upstream.header("cookie"), ["a=1; b=2"]);
}

#[tokio::test]
async fn a_call_of_grpc_goes_through_with_its_trailers() {
    let upstream = grpc().await;
    let gateway = over_h2c(&upstream).await;
    let mut client = http2(gateway.address).await;
    let call = |token: Option<String>| {
        let mut request = Request::post("http://api.example.com/orders")
            .header("te", "trailers")
            .header("content-type", "application/grpc")
            .body(body("message"))
            .unwrap();
        if let Some(token) = token {
            let value = HeaderValue::try_from(format!("Bearer {token}")).unwrap();
            request.headers_mut().insert("authorization", value);
        }
        request
    };
    let refused = client.send_request(call(None)).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(upstream.count(), 0);
    let answer = client.send_request(call(Some(token("orders:read")))).await.unwrap();
    assert_eq!(answer.status(), 200);
    let collected = answer.into_body().collect().await.unwrap();
    assert_eq!(collected.trailers().unwrap()["grpc-status"], "0");
    assert_eq!(collected.to_bytes(), "message");
    let head = upstream.last();
    assert_eq!(head.version, Version::HTTP_2);
    assert_eq!(head.uri.authority().unwrap(), "api.example.com");
    assert_eq!(head.headers["te"], "trailers");
    assert!(!head.headers.contains_key("host"));
}

#[tokio::test]
async fn both_sides_of_a_call_talk_at_once() {
    let upstream = grpc().await;
    let gateway = over_h2c(&upstream).await;
    let mut client = http2(gateway.address).await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<&'static str>(1);
    let pieces = stream::unfold(receiver, async |mut receiver| {
        let word = receiver.recv().await?;
        Some((Ok(Frame::data(Bytes::from_static(word.as_bytes()))), receiver))
    });
    let request = Request::post("http://a/stream")
        .body(StreamBody::new(pieces).boxed_unsync())
        .unwrap();
    let answer = client.send_request(request).await.unwrap();
    let mut heard = answer.into_body();
    for word in ["one", "two", "six"] {
        sender.send(word).await.unwrap();
        assert_eq!(heard.frame().await.unwrap().unwrap().into_data().unwrap(), word);
    }
    drop(sender);
    assert!(heard.frame().await.unwrap().unwrap().is_trailers());
}

#[tokio::test]
async fn many_requests_share_a_connection_to_an_upstream_of_http_2() {
    let upstream = grpc().await;
    let gateway = over_h2c(&upstream).await;
    let client = http2(gateway.address).await;
    let calls = (0..50).map(|_| {
        let mut client = client.clone();
        async move {
            let request = Request::post("http://a/x").body(body("text")).unwrap();
            let answer = client.send_request(request).await.unwrap();
            answer.into_body().collect().await.unwrap().to_bytes()
        }
    });
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer == "text"));
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn an_upstream_of_http_2_that_hung_up_is_called_again() {
    let upstream = grpc().await;
    let gateway = over_h2c(&upstream).await;
    for round in 1..4 {
        assert_eq!(get(gateway.address, "/x", "").await.status, 200);
        assert_eq!(upstream.connections(), round);
        upstream.hang_up();
    }
}

#[tokio::test]
async fn a_host_beside_another_authority_is_refused() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut client = http2(gateway.address).await;
    let request = Request::get("http://a/x").header("host", "b").body(body("")).unwrap();
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(upstream.count(), 0);
}
