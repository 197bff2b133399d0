//! Envoy's questions over gRPC, as bytes: what a message of Envoy's API looks like is written down here once more.

use std::collections::BTreeMap;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message as _;
use tokio::net::TcpStream;

use crate::support::World;

#[derive(Clone, PartialEq, prost::Message)]
struct CheckRequest {
    #[prost(message, optional, tag = "1")]
    attributes: Option<Attributes>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Attributes {
    #[prost(message, optional, tag = "1")]
    source: Option<Peer>,
    #[prost(message, optional, tag = "4")]
    request: Option<AttributeRequest>,
    /// `context_extensions`, which the guard does not read.
    #[prost(btree_map = "string, string", tag = "10")]
    extensions: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Peer {
    #[prost(message, optional, tag = "1")]
    address: Option<Address>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Address {
    #[prost(message, optional, tag = "1")]
    socket_address: Option<SocketAddress>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct SocketAddress {
    #[prost(string, tag = "2")]
    address: String,
    #[prost(uint32, tag = "3")]
    port_value: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AttributeRequest {
    #[prost(message, optional, tag = "2")]
    http: Option<HttpRequest>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct HttpRequest {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    method: String,
    #[prost(btree_map = "string, string", tag = "3")]
    headers: BTreeMap<String, String>,
    #[prost(string, tag = "4")]
    path: String,
    #[prost(string, tag = "5")]
    host: String,
    #[prost(string, tag = "10")]
    protocol: String,
    #[prost(message, optional, tag = "13")]
    header_map: Option<RawHeaders>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RawHeaders {
    #[prost(message, repeated, tag = "1")]
    headers: Vec<Pair>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Pair {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
    #[prost(bytes = "vec", tag = "3")]
    raw_value: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CheckResponse {
    #[prost(message, optional, tag = "1")]
    status: Option<Code>,
    #[prost(message, optional, tag = "2")]
    denied: Option<Denied>,
    #[prost(message, optional, tag = "3")]
    ok: Option<Leave>,
}

/// `google.rpc.Status` and `envoy.type.v3.HttpStatus` alike.
#[derive(Clone, PartialEq, prost::Message)]
struct Code {
    #[prost(int32, tag = "1")]
    code: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Denied {
    #[prost(message, optional, tag = "1")]
    status: Option<Code>,
    #[prost(message, repeated, tag = "2")]
    headers: Vec<Set>,
    #[prost(string, tag = "3")]
    body: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Leave {
    #[prost(message, repeated, tag = "2")]
    headers: Vec<Set>,
    #[prost(string, repeated, tag = "5")]
    headers_to_remove: Vec<String>,
    #[prost(message, repeated, tag = "6")]
    response_headers_to_add: Vec<Set>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Set {
    #[prost(message, optional, tag = "1")]
    header: Option<Pair>,
    #[prost(int32, tag = "3")]
    append_action: i32,
}

const PATH: &str = "/envoy.service.auth.v3.Authorization/Check";

/// A question about a request from 203.0.113.9.
fn question(method: &str, path: &str, headers: &[(&str, &str)]) -> CheckRequest {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    CheckRequest {
        attributes: Some(Attributes {
            source: Some(Peer {
                address: Some(Address {
                    socket_address: Some(SocketAddress {
                        address: "203.0.113.9".into(),
                        port_value: 50_000,
                    }),
                }),
            }),
            request: Some(AttributeRequest {
                http: Some(HttpRequest {
                    id: "1".into(),
                    method: method.into(),
                    headers: headers.iter().map(pair).collect(),
                    path: path.into(),
                    host: "api.example.com".into(),
                    protocol: "HTTP/1.1".into(),
                    header_map: None,
                }),
            }),
            extensions: [("route".to_owned(), "api".to_owned())].into(),
        }),
    }
}

fn http(question: &mut CheckRequest) -> &mut HttpRequest {
    let attributes = question.attributes.as_mut().unwrap();
    attributes.request.as_mut().unwrap().http.as_mut().unwrap()
}

/// Sends bytes to the method; gRPC's status and the message.
async fn call(world: &World, body: Bytes, content_type: &str) -> (String, Bytes) {
    let stream = TcpStream::connect(world.guard).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::post(format!("http://guard{PATH}"))
        .header("content-type", content_type)
        .header("te", "trailers")
        .body(Full::new(body))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/grpc");
    let body = response.into_body().collect().await.unwrap();
    let status = body.trailers().unwrap()["grpc-status"].to_str().unwrap().to_owned();
    (status, body.to_bytes())
}

fn framed(message: &CheckRequest) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(message.encoded_len().try_into().unwrap());
    message.encode(&mut bytes).unwrap();
    bytes.freeze()
}

async fn check(world: &World, question: &CheckRequest) -> CheckResponse {
    let (status, message) = call(world, framed(question), "application/grpc").await;
    assert_eq!(status, "0");
    assert_eq!(
        message[..5],
        [&[0][..], &u32::try_from(message.len() - 5).unwrap().to_be_bytes()].concat()
    );
    CheckResponse::decode(message.slice(5..)).unwrap()
}

fn value<'a>(set: &'a [Set], name: &str) -> Option<&'a str> {
    let mut pairs = set.iter().map(|set| set.header.as_ref().unwrap());
    assert!(
        set.iter().all(|set| set.append_action == 2),
        "a client's value would stay: {set:?}"
    );
    pairs.find(|pair| pair.key == name).map(|pair| pair.value.as_str())
}

fn denied(response: CheckResponse) -> (i32, i32, Denied) {
    assert_eq!(response.ok, None);
    let denied = response.denied.unwrap();
    (
        response.status.unwrap().code,
        denied.status.as_ref().unwrap().code,
        denied,
    )
}

#[tokio::test]
async fn leave_says_what_the_api_sees() {
    let world = World::start().await;
    let bearer = world.bearer("orders:read");
    let headers = [
        (":path", "/orders?x=1"),
        ("authorization", bearer.as_str()),
        ("x-guard-subject", "admin"),
        ("x_guard_subject", "admin"),
        ("x-guard_roles", "realm:admin"),
        ("x-guard-other", "1"),
        ("accept", "*/*"),
    ];
    let response = check(&world, &question("GET", "/orders?x=1", &headers)).await;
    assert_eq!((response.status.unwrap().code, &response.denied), (0, &None));
    let leave = response.ok.unwrap();
    assert_eq!(value(&leave.headers, "x-guard-subject"), Some("alice"));
    assert_eq!(value(&leave.headers, "x-guard-scope"), Some("orders:read"));
    assert!(value(&leave.headers, "x-request-id").is_some());
    let mut removed = leave.headers_to_remove;
    removed.sort();
    assert_eq!(removed, ["x-guard-other", "x-guard_roles", "x_guard_subject"]);
    assert!(value(&leave.response_headers_to_add, "x-request-id").is_some());
    assert_eq!(world.decided().address, "203.0.113.9");
}

#[tokio::test]
async fn a_credential_that_is_not_forwarded_is_removed() {
    let world = World::start().await;
    let bearer = world.bearer("orders:read");
    let headers = [("authorization", bearer.as_str())];
    let leave = check(&world, &question("GET", "/quiet", &headers)).await.ok.unwrap();
    assert_eq!(leave.headers_to_remove, ["authorization"]);
}

#[tokio::test]
async fn every_refusal_has_its_status_inside() {
    let world = World::start().await;
    let reading = world.bearer("orders:read");
    let away = World::bearer_of_away();
    for (method, path, bearer, code, status) in [
        ("GET", "/orders", "", 16, 401),
        ("GET", "/payments", reading.as_str(), 7, 403),
        ("GET", "/orders//", reading.as_str(), 7, 400),
        ("GET", "/nothing", "", 7, 404),
        ("PUT", "/orders", "", 7, 405),
        ("GET", "/away", away.as_str(), 7, 503),
        ("GET", "/.well-known/oauth-protected-resource", "", 7, 200),
    ] {
        let headers = [("authorization", bearer)];
        let headers = if bearer.is_empty() { &[][..] } else { &headers };
        let (told, meant, denied) = denied(check(&world, &question(method, path, headers)).await);
        assert_eq!((told, meant), (code, status), "{path}");
        if status != 200 {
            let problem: serde_json::Value = serde_json::from_str(&denied.body).unwrap();
            assert_eq!(problem["status"], status);
        }
        assert_eq!(
            value(&denied.headers, "www-authenticate").is_some(),
            matches!(status, 401 | 403)
        );
        assert_eq!(value(&denied.headers, "retry-after").is_some(), status == 503);
    }
    let preflight = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "GET"),
    ];
    let (_, status, denied) = denied(check(&world, &question("OPTIONS", "/orders", &preflight)).await);
    assert_eq!(status, 204);
    assert_eq!(
        value(&denied.headers, "access-control-allow-origin"),
        Some("https://app.example.com")
    );
}

#[tokio::test]
async fn two_credentials_are_two() {
    let world = World::start().await;
    let good = world.bearer("orders:read");
    let mut asked = question("GET", "/orders", &[]);
    let pair = |value: &str| Pair {
        key: "authorization".into(),
        value: String::new(),
        raw_value: value.into(),
    };
    http(&mut asked).header_map = Some(RawHeaders {
        headers: vec![pair(&good)],
    });
    assert!(check(&world, &asked).await.ok.is_some());
    http(&mut asked).header_map = Some(RawHeaders {
        headers: vec![pair(&good), pair("Bearer other")],
    });
    let (_, status, _) = denied(check(&world, &asked).await);
    assert_eq!((status, world.decided().reason), (400, Some("several_credentials")));
}

#[tokio::test]
async fn a_question_without_a_part_is_refused() {
    let world = World::start().await;
    let whole = question("GET", "/public", &[]);
    let mut nobody = whole.clone();
    nobody.attributes.as_mut().unwrap().source = None;
    let mut nothing = whole.clone();
    nothing.attributes.as_mut().unwrap().request = None;
    let mut unknown = whole.clone();
    http(&mut unknown).method = "G E T".into();
    let mut split = whole.clone();
    http(&mut split)
        .headers
        .insert("x-a".into(), "1\r\nauthorization: Bearer x".into());
    for (asked, why) in [
        (CheckRequest::default(), "attributes"),
        (nobody, "source"),
        (nothing, "request"),
        (unknown, "method"),
        (split, "header"),
    ] {
        let (code, status, _) = denied(check(&world, &asked).await);
        assert_eq!((code, status), (7, 400), "{why}");
    }
    assert_eq!(world.decisions(), 0);
}

/// Envoy lets requests in at a failure if `failure_mode_allow` is set: a client must not be able to bring one about.
#[tokio::test]
async fn bytes_that_are_no_text_are_refused_and_no_failure() {
    let world = World::start().await;
    let marked = |change: &dyn Fn(&mut HttpRequest)| {
        let mut asked = question("GET", "/public", &[]);
        change(http(&mut asked));
        // The mark is text in Rust, and none on the wire.
        let bytes = framed(&asked).to_vec();
        let at = bytes.windows(2).position(|pair| pair == b"@@").expect("a mark");
        let mut bytes = bytes;
        bytes[at..at + 2].copy_from_slice(&[0xff, 0xc0]);
        Bytes::from(bytes)
    };
    let raw = |key: &str| RawHeaders {
        headers: vec![Pair {
            key: key.into(),
            value: "1".into(),
            raw_value: Vec::new(),
        }],
    };
    for (body, what) in [
        (marked(&|http| http.path = "/public@@".into()), "path"),
        (marked(&|http| http.path = "/public?@@".into()), "query"),
        (marked(&|http| http.host = "api@@".into()), "host"),
        (marked(&|http| http.method = "GET@@".into()), "method"),
        (
            marked(&|http| drop(http.headers.insert("x@@".into(), "1".into()))),
            "name",
        ),
        (marked(&|http| http.header_map = Some(raw("x@@"))), "raw name"),
    ] {
        let (status, message) = call(&world, body, "application/grpc").await;
        assert_eq!(status, "0", "{what}");
        let (code, status, _) = denied(CheckResponse::decode(message.slice(5..)).unwrap());
        assert_eq!((code, status), (7, 400), "{what}");
    }
    // In a credential they are a bad credential; elsewhere in a value HTTP allows them, and the other shells too.
    for (name, path, told) in [
        ("authorization", "/orders", Some((16, 401))),
        ("x-name", "/public", None),
    ] {
        let body = marked(&|http| {
            http.path = path.into();
            http.headers.insert(name.into(), "Bearer @@".into());
        });
        let (status, message) = call(&world, body, "application/grpc").await;
        assert_eq!(status, "0", "{name}");
        let response = CheckResponse::decode(message.slice(5..)).unwrap();
        match told {
            Some(told) => {
                let (code, status, _) = denied(response);
                assert_eq!((code, status), told, "{name}");
            }
            None => assert!(response.ok.is_some(), "{name}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_no_failure() {
    let world = World::start().await;
    let good = framed(&question("GET", "/public", &[]));
    let mut long = BytesMut::from(&good[..]);
    long.resize(600 * 1024, 0);
    for (body, what) in [
        (Bytes::new(), "nothing"),
        (good.slice(..good.len() - 1), "too short"),
        (Bytes::from([&good[..], &good[..]].concat()), "two"),
        (Bytes::from_static(&[0, 0, 0, 0, 2, 0xff, 0xff]), "no message"),
        (long.freeze(), "too long"),
    ] {
        let (status, message) = call(&world, body, "application/grpc").await;
        assert_eq!(status, "0", "{what}");
        let (code, status, _) = denied(CheckResponse::decode(message.slice(5..)).unwrap());
        assert_eq!((code, status), (7, 400), "{what}");
    }
    assert_eq!(world.decisions(), 0);
}

#[tokio::test]
async fn what_is_not_grpc_is_a_failure() {
    let world = World::start().await;
    let good = framed(&question("GET", "/public", &[]));
    let mut compressed = BytesMut::from(&good[..]);
    compressed[0] = 1;
    for (body, content_type, status) in [
        (good.clone(), "application/json", "13"),
        (compressed.freeze(), "application/grpc", "12"),
        (good, "application/grpc+proto", "0"),
    ] {
        let told = call(&world, body, content_type).await;
        assert_eq!(told.0, status, "{content_type}");
        assert_eq!(told.1.is_empty(), status != "0");
    }
}

#[tokio::test]
async fn a_client_that_asks_directly_gets_nothing() {
    let world = World::with(r#"allow_from = ["127.0.0.2/32"]"#).await;
    let stream = TcpStream::connect(world.guard).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::post(format!("http://guard{PATH}"))
        .header("content-type", "application/grpc")
        .body(Full::new(framed(&question("GET", "/public", &[]))))
        .unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 403);
    assert_eq!(world.decisions(), 0);
}
