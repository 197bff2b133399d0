//! Guards by a configuration, requests, and a client.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use keyward_guard::testing::Issuer;
use keyward_guard::{Guard, Settings};
use tokio::net::TcpStream;

pub(crate) const EXAMPLE: &str = include_str!("../../examples/guard.toml");

/// The issuer of `guard.toml`.
pub(crate) fn issuer() -> Issuer {
    Issuer::at("https://id.example.com/realms/acme")
}

/// A guard whose issuer `main` is [`issuer`].
pub(crate) fn guard(config: &str) -> Arc<Guard> {
    let builder = Guard::builder(Settings::from_toml(config).unwrap());
    Arc::new(builder.keys("main", issuer().keys()).build().unwrap())
}

/// `Bearer` and a token of alice's for this API.
pub(crate) fn bearer(scope: &str) -> String {
    let token = issuer().token().audience("https://api.example.com").scope(scope);
    token.bearer().to_str().unwrap().to_owned()
}

/// An answer with its body.
pub(crate) type Answer = Response<String>;

/// Sends a request over a connection of its own.
pub(crate) async fn send(address: SocketAddr, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", "api.example.com");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(
        sender
            .send_request(request.body(Empty::<Bytes>::new()).unwrap())
            .await
            .unwrap(),
    )
    .await
}

/// Reads a body.
pub(crate) async fn read<B: http_body::Body<Error: std::fmt::Debug>>(response: Response<B>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Response::from_parts(parts, String::from_utf8(bytes.to_vec()).unwrap())
}

/// A header that is there once or not at all.
pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut values = answer.headers().get_all(name).iter();
    let value = values.next().map(|value| value.to_str().unwrap());
    assert!(values.next().is_none(), "{name} is there twice");
    value
}

/// The `reason` of the problem in the body.
pub(crate) fn reason(answer: &Answer) -> String {
    assert_eq!(header(answer, "content-type"), Some("application/problem+json"));
    let problem: serde_json::Value = serde_json::from_str(answer.body()).unwrap();
    assert_eq!(problem["status"], answer.status().as_u16());
    problem["reason"].as_str().unwrap_or_default().to_owned()
}

/// That the program is wrong, and nothing of why.
pub(crate) fn assert_fault(answer: &Answer) {
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        answer.body(),
        r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#
    );
}
