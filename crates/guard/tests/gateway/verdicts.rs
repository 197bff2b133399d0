//! What the guard decides is what happens, and what it says of the caller is all that the API is told.

use crate::support::{Connection, TestGateway, Upstream, get, sent, token};

fn bearer(scope: &str) -> String {
    format!("Authorization: Bearer {}\r\n", token(scope))
}

#[tokio::test]
async fn who_may_not_pass_does_not_reach_the_upstream() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let none = get(gateway.address, "/orders", "").await;
    assert_eq!(none.status, 401);
    assert_eq!(
        none.header("www-authenticate"),
        Some("Bearer realm=\"api\", scope=\"orders:read\"")
    );
    assert_eq!(none.header("cache-control"), Some("no-store"));
    assert!(none.header("x-request-id").is_some());
    let bad = get(gateway.address, "/orders", "Authorization: Bearer a.b.c\r\n").await;
    assert_eq!((bad.status, bad.reason().as_str()), (401, "invalid_token"));
    let narrow = get(gateway.address, "/orders", &bearer("orders:write")).await;
    assert_eq!((narrow.status, narrow.reason().as_str()), (403, "insufficient_scope"));
    let nowhere = get(gateway.address, "/orders/", "").await;
    assert_eq!((nowhere.status, nowhere.reason().as_str()), (404, "no_route"));
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn who_may_pass_is_told_to_the_upstream() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let lines = format!("{}X-Request-Id: trace-0123456789\r\n", bearer("orders:read"));
    let answer = get(gateway.address, "/orders", &lines).await;
    assert_eq!((answer.status, answer.text()), (200, "fine"));
    assert_eq!(answer.header("x-request-id"), Some("trace-0123456789"));
    assert_eq!(upstream.header("x-request-id"), ["trace-0123456789"]);
    assert_eq!(upstream.header("x-guard-subject"), ["shop-service"]);
    assert_eq!(upstream.header("x-guard-client-id"), ["shop-service"]);
    assert_eq!(upstream.header("x-guard-scope"), ["orders:read"]);
}

#[tokio::test]
async fn nobody_says_themselves_who_they_are() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let forged = "X-Guard-Subject: admin\r\nX_Guard_Subject: admin\r\nx-guard_roles: realm:admin\r\nX-GUARD-New: 1\r\n";
    let answer = get(gateway.address, "/public", forged).await;
    assert_eq!(answer.status, 200);
    let head = upstream.last();
    let told = |name: &http::HeaderName| name.as_str().replace('_', "-").starts_with("x-guard-");
    assert!(!head.headers.keys().any(told), "{:?}", head.headers);
    // Nor can they have what the guard says of them taken away as if it concerned the connection.
    let lines = format!(
        "{}Connection: x-guard-subject, x-request-id, host\r\n",
        bearer("orders:read")
    );
    assert_eq!(get(gateway.address, "/orders", &lines).await.status, 200);
    assert_eq!(upstream.header("x-guard-subject"), ["shop-service"]);
    assert_eq!(upstream.header("x-request-id").len(), 1);
    assert_eq!(upstream.header("host"), ["api.example.com"]);
}

#[tokio::test]
async fn a_credential_that_connection_names_is_judged_and_stays() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let hidden = format!(
        "Authorization: Bearer {}x\r\nConnection: authorization\r\n",
        token("orders:read")
    );
    assert_eq!(get(gateway.address, "/orders", &hidden).await.status, 401);
    let good = format!("{}Connection: Authorization\r\n", bearer("orders:read"));
    assert_eq!(get(gateway.address, "/orders", &good).await.status, 200);
    assert_eq!(upstream.header("x-guard-subject"), ["shop-service"]);
    // Which token was judged is what the upstream sees.
    assert_eq!(upstream.header("authorization").len(), 1);
}

#[tokio::test]
async fn a_refused_body_does_not_hide_the_refusal() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut connection = Connection::open(gateway.address).await;
    for _ in 0..2 {
        let head = "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n";
        connection.write(head).await;
        connection.write(vec![b'x'; 500_000]).await;
        assert_eq!(connection.read().await.unwrap().status, 401);
    }
    assert_eq!(upstream.count(), 0);
}

#[tokio::test]
async fn who_waits_for_a_go_ahead_is_refused_without_one() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let mut connection = Connection::open(gateway.address).await;
    let lines = "Host: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n";
    connection.write(format!("POST /orders HTTP/1.1\r\n{lines}\r\n")).await;
    let line = connection.line().await.unwrap();
    assert_eq!(line, "HTTP/1.1 401 Unauthorized");
    // And with a token they get one.
    let mut connection = Connection::open(gateway.address).await;
    let lines = format!("{lines}{}", bearer("orders:read"));
    connection.write(format!("POST /orders HTTP/1.1\r\n{lines}\r\n")).await;
    let line = connection.line().await.unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue");
    connection.write("\r\n123456789").await;
}

#[tokio::test]
async fn limits_are_told_beside_the_upstreams_answer() {
    let upstream = Upstream::plain().await;
    let url = upstream.url();
    let gateway = TestGateway::start(&format!(
        r#"
        [gateway]
        listen = "127.0.0.1:0"
        [limits.few]
        quota = 2
        window = "60s"
        [[route]]
        path = "/few"
        public = true
        limits = ["few"]
        upstream = "{url}"
        "#
    ))
    .await;
    let first = get(gateway.address, "/few", "").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("ratelimit-policy"), Some("\"few\";q=2;w=60"));
    assert!(
        first.header("ratelimit").unwrap().starts_with("\"few\";r=1;t="),
        "{first:?}"
    );
    assert_eq!(get(gateway.address, "/few", "").await.status, 200);
    let third = get(gateway.address, "/few", "").await;
    assert_eq!((third.status, third.reason().as_str()), (429, "limit"));
    assert!(third.header("retry-after").is_some());
    assert_eq!(upstream.count(), 2);
}

#[tokio::test]
async fn a_method_that_shows_headers_is_not_forwarded() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    let trace = sent(gateway.address, "TRACE /public HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!((trace.status, trace.reason().as_str()), (501, "not_implemented"));
    assert_eq!(upstream.count(), 0);
}

/// On a route for everybody it would be a tunnel for everybody.
#[tokio::test]
async fn connect_with_a_path_is_not_forwarded() {
    let upstream = Upstream::plain().await;
    let gateway = TestGateway::before(&upstream).await;
    for lines in ["", "Content-Length: 2\r\n", "Transfer-Encoding: chunked\r\n"] {
        let connect = sent(
            gateway.address,
            format!("CONNECT /public HTTP/1.1\r\nHost: a\r\n{lines}\r\n"),
        )
        .await;
        assert_eq!(
            (connect.status, connect.reason().as_str()),
            (501, "not_implemented"),
            "{lines:?}"
        );
        assert_eq!(connect.header("connection"), Some("close"));
    }
    assert_eq!(upstream.count(), 0);
}
