//! What is forwarded is what was judged; what concerned one connection stays on it.

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Version};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;

use crate::support::{Connection, TestGateway, Upstream, get, routes, sent, text};

#[tokio::test]
async fn the_upstream_gets_the_bytes_that_were_judged() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    for target in [
        "/%61dmin/%C3%A9",
        "/a.b/..c/.d?x=/../%2e%2e//&y=%2F;z",
        "/a:b@c!$&'()*+,=~",
        "/trailing/",
        "/q?",
        "/q?a?b",
    ] {
        assert_eq!(get(gateway.address, target, "").await.status, 200, "{target}");
        assert_eq!(upstream.last().uri.to_string(), target);
    }
}

#[tokio::test]
async fn a_path_that_could_mean_two_things_goes_nowhere() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    for target in [
        "//orders",
        "/x/../orders",
        "/x/%2e%2e/orders",
        "/./orders",
        "/orders;x",
        "/x%2forders",
        "/x%5corders",
        "/orders%00",
        "/%252e%252e/orders",
        "*",
    ] {
        let answer = get(gateway.address, target, "").await;
        assert_eq!(answer.status, 400, "{target}");
    }
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn a_request_names_one_host() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    for (request, status) in [
        ("GET /x HTTP/1.1\r\n\r\n", 400),
        ("GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /x HTTP/1.1\r\nHost: user@a\r\n\r\n", 400),
        ("GET /x HTTP/1.1\r\nHost: \r\n\r\n", 400),
        ("GET http://a/x HTTP/1.1\r\nHost: b\r\n\r\n", 400),
        ("GET http://a/x HTTP/1.1\r\n\r\n", 400),
        ("GET http://user@a/x HTTP/1.1\r\nHost: user@a\r\n\r\n", 400),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 400),
        ("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("GET http://A:80/x HTTP/1.1\r\nHost: a:80\r\n\r\n", 200),
        ("GET /x HTTP/1.0\r\n\r\n", 200),
    ] {
        let answer = sent(gateway.address, request).await;
        assert_eq!(answer.status, status, "{request}");
        if status == 400 {
            assert_eq!(answer.reason(), "invalid_request", "{request}");
        }
    }
    assert_eq!(upstream.count(), 3);
    assert_eq!(upstream.last().version, Version::HTTP_11);
    assert_eq!(upstream.header("via"), ["1.0 keyward"]);
    // Who names no host gets the upstream's.
    assert_eq!(upstream.header("host"), [upstream.address.to_string()]);
}

#[tokio::test]
async fn an_absolute_target_is_forwarded_as_a_path() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let request = "GET http://api.example.com/%61?b HTTP/1.1\r\nHost: api.example.com\r\n\r\n";
    assert_eq!(sent(gateway.address, request).await.status, 200);
    assert_eq!(upstream.last().uri.to_string(), "/%61?b");
}

#[tokio::test]
async fn strangers_say_nothing_of_hops_before_them() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let forged = "X-Forwarded-For: 1.1.1.1\r\nX_Forwarded_For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\n\
        X-Forwarded-Prefix: /x\r\nX_Forwarded-Host: evil\r\nForwarded: for=1.1.1.1\r\nX-Real-IP: 1.1.1.1\r\n\
        X-Original-URI: /x\r\nClient-Cert: :AAAA:\r\nX-Forwarded-Client-Cert: x\r\n";
    assert_eq!(get(gateway.address, "/x", forged).await.status, 200);
    let head = upstream.last();
    let mut names: Vec<&str> = head.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "host",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-request-id"
        ]
    );
    assert_eq!(upstream.header("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(upstream.header("x-forwarded-proto"), ["http"]);
    assert_eq!(upstream.header("x-forwarded-host"), ["api.example.com"]);
}

#[tokio::test]
async fn a_trusted_proxy_says_what_it_saw() {
    let upstream = Upstream::plain().await;
    let text = format!(
        "{}\n[server]\ntrusted_proxies = [\"127.0.0.0/8\"]",
        routes(&upstream.url(), "")
    );
    let gateway = TestGateway::start(&text).await;
    let told = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nForwarded: for=203.0.113.9\r\n";
    assert_eq!(get(gateway.address, "/x", told).await.status, 200);
    assert_eq!(upstream.header("x-forwarded-for"), ["203.0.113.9, 127.0.0.1"]);
    assert_eq!(upstream.header("x-forwarded-proto"), ["https"]);
    assert!(upstream.header("forwarded").is_empty());
    let twice = format!("{told}X-Forwarded-For: 1.1.1.1\r\n");
    assert_eq!(get(gateway.address, "/x", &twice).await.status, 400);
}

/// CVE-2022-31813
#[tokio::test]
async fn connection_cannot_erase_what_a_trusted_proxy_says() {
    let upstream = Upstream::plain().await;
    let text = format!(
        "{}\n[server]\ntrusted_proxies = [\"127.0.0.0/8\"]",
        routes(&upstream.url(), "")
    );
    let gateway = TestGateway::start(&text).await;
    let told = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 203.0.113.9\r\n\
        Traceparent: 00-1\r\nX-Own: 1\r\nConnection: x-forwarded-for, x-forwarded-proto, x-forwarded-host, host, x-real-ip\r\n\
        Connection: traceparent, x-request-id, x-own\r\n";
    assert_eq!(get(gateway.address, "/x", told).await.status, 200);
    assert_eq!(upstream.header("x-forwarded-for"), ["203.0.113.9, 127.0.0.1"]);
    assert_eq!(upstream.header("x-forwarded-proto"), ["https"]);
    assert_eq!(upstream.header("x-real-ip"), ["203.0.113.9"]);
    assert_eq!(upstream.header("traceparent"), ["00-1"]);
    assert_eq!(upstream.header("host"), ["api.example.com"]);
    assert!(upstream.header("x-own").is_empty());
}

#[tokio::test]
async fn what_concerns_a_connection_stays_on_it() {
    let upstream = Upstream::start(|_| async {
        let mut reply = text(200, "fine");
        let headers = reply.headers_mut();
        headers.insert("connection", HeaderValue::from_static("x-inner"));
        headers.insert("x-inner", HeaderValue::from_static("1"));
        headers.insert("keep-alive", HeaderValue::from_static("timeout=5"));
        headers.insert("proxy-authenticate", HeaderValue::from_static("Basic"));
        headers.insert("x-outer", HeaderValue::from_static("1"));
        reply
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let lines = "Connection: X-Own, keep-alive\r\nX-Own: 1\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\n\
        Proxy-Authorization: Basic eDp5\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nTE: deflate\r\n\
        X-Kept: 1\r\n";
    let answer = get(gateway.address, "/x", lines).await;
    let head = upstream.last();
    for name in [
        "connection",
        "x-own",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "upgrade",
        "te",
    ] {
        assert!(!head.headers.contains_key(name), "{name}");
    }
    assert_eq!(upstream.header("x-kept"), ["1"]);
    for name in ["connection", "x-inner", "keep-alive", "proxy-authenticate"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert_eq!(answer.header("x-outer"), Some("1"));
}

#[tokio::test]
async fn the_upstreams_own_host_if_it_is_asked_for() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::with(&upstream, "upstream = { host = \"upstream\" }").await;
    assert_eq!(get(gateway.address, "/x", "").await.status, 200);
    assert_eq!(upstream.header("host"), [upstream.address.to_string()]);
    assert_eq!(upstream.header("x-forwarded-host"), ["api.example.com"]);
}

#[tokio::test]
async fn answers_without_a_body_keep_their_headers() {
    let upstream = Upstream::start(|request| async move {
        match request.uri().path() {
            "/head" => {
                let mut reply = text(200, "");
                reply
                    .headers_mut()
                    .insert("content-length", HeaderValue::from_static("12345"));
                reply
            }
            "/none" => text(204, ""),
            _ => text(304, ""),
        }
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let mut connection = Connection::open(gateway.address).await;
    connection.write("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (status, headers) = connection.head().await.unwrap();
    assert_eq!(status, 200);
    assert!(
        headers.contains(&("content-length".into(), "12345".into())),
        "{headers:?}"
    );
    for (path, status) in [("/none", 204), ("/same", 304)] {
        connection
            .write(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"))
            .await;
        assert_eq!(connection.read().await.unwrap().status, status);
    }
}

#[tokio::test]
async fn connections_to_the_upstream_are_used_again() {
    let upstream = Upstream::start(|request| async move {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        crate::support::full(200, body)
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let mut connection = Connection::open(gateway.address).await;
    for _ in 0..20 {
        connection
            .write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
            .await;
        assert_eq!(connection.read().await.unwrap().text(), "body");
    }
    assert_eq!(upstream.count(), 20);
    assert!(upstream.connections() <= 3, "{}", upstream.connections());
}

#[tokio::test]
async fn trailers_of_an_answer_go_through_and_those_of_a_request_do_not() {
    let upstream = Upstream::start(|request| async move {
        let collected = request.into_body().collect().await.unwrap();
        assert!(collected.trailers().is_none(), "{:?}", collected.trailers());
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("abc"));
        let frames = [
            Ok(Frame::data(Bytes::from_static(b"data"))),
            Ok(Frame::trailers(trailers)),
        ];
        let mut reply = text(200, "");
        *reply.body_mut() = StreamBody::new(stream::iter(frames)).boxed_unsync();
        reply.headers_mut().insert("trailer", HeaderValue::from_static("x-sum"));
        reply
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let mut connection = Connection::open(gateway.address).await;
    let head =
        "POST /x HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\nTrailer: x-guard-subject\r\n";
    connection
        .write(format!("{head}\r\n4\r\nbody\r\n0\r\nX-Guard-Subject: admin\r\n\r\n"))
        .await;
    let (status, headers) = connection.head().await.unwrap();
    assert_eq!(status, 200);
    assert!(headers.contains(&("trailer".into(), "x-sum".into())));
    for expected in ["4", "data", "0", "x-sum: abc", ""] {
        assert_eq!(connection.line().await.as_deref(), Some(expected));
    }
    assert_eq!(upstream.header("te"), ["trailers"]);
}

#[tokio::test]
async fn an_answer_to_a_client_of_http_1_0_ends_with_its_connection() {
    let upstream = Upstream::start(|_| async {
        let frames = [
            Ok(Frame::data(Bytes::from_static(b"one"))),
            Ok(Frame::data(Bytes::from_static(b"two"))),
        ];
        let mut reply = text(200, "");
        *reply.body_mut() = StreamBody::new(stream::iter(frames)).boxed_unsync();
        reply
    })
    .await;
    let gateway = TestGateway::before(&upstream).await;
    let answer = sent(gateway.address, "GET /x HTTP/1.0\r\nHost: a\r\n\r\n").await;
    assert_eq!((answer.status, answer.text()), (200, "onetwo"));
    assert_eq!(answer.header("transfer-encoding"), None);
}
