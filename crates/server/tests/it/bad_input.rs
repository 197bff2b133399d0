//! Input that no client sends by accident: the standard error, never a 500, never a stuck connection.

use std::time::Duration;

use crate::support::{CERTS, Connection, DISCOVERY, INTROSPECT, REVOKE, Request, TOKEN, TestServer, service};

const FORM: [&str; 3] = [TOKEN, INTROSPECT, REVOKE];

/// The server is as well as before.
async fn is_alive(server: &TestServer) {
    assert_eq!(server.token(&server.service, &[]).await.status, 200);
    assert!(server.seen.requests().iter().all(|(_, status)| *status < 500));
}

#[tokio::test]
async fn duplicate_parameter_is_refused() {
    let server = TestServer::start().await;
    for (path, form) in [
        (TOKEN, "grant_type=client_credentials&scope=a&scope=b"),
        (TOKEN, "grant_type=client_credentials&grant_type=client_credentials"),
        (TOKEN, "grant_type=client_credentials&client_id=a&client_id=a"),
        (TOKEN, "grant_type=client_credentials&unknown=1&unknown=1"),
        (INTROSPECT, "token=a&token=b"),
        (REVOKE, "token=a&token=b"),
        (REVOKE, "token=a&%74oken=b"),
    ] {
        let answer = Request::post(path)
            .basic(&server.service)
            .raw_form(form)
            .send(&server)
            .await;
        answer.assert_error(400, "invalid_request", "duplicated parameter");
    }
    // A parameter without a value counts as absent.
    let form = "scope=&grant_type=client_credentials&scope=&grant_type=&scope";
    let answer = Request::post(TOKEN)
        .basic(&server.service)
        .raw_form(form)
        .send(&server)
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn malformed_parameters_are_refused() {
    let server = TestServer::start().await;
    for form in [
        &b"grant_type=%"[..],
        b"grant_type=%4",
        b"grant_type=%zz",
        b"grant_type=client_credentials&x=\xff\xfe",
        b"grant_type=client_credentials&\xc3=1",
        b"grant_type=client_credentials&x=%ff",
        b"grant_type=client_credentials&x=%c3%28",
        b"grant_type=client_credentials&x=%ed%a0%80",
        b"grant_type=client_credentials&x=%00",
        b"grant_type=client_credentials&x=a\0b",
        b"grant_type=client_credentials%00",
        b"%00=1",
    ] {
        for path in FORM {
            let request = Request::post(path).basic(&server.service).raw_form(form);
            let answer = request.send(&server).await;
            answer.assert_error(400, "invalid_request", "malformed parameter");
        }
    }
    is_alive(&server).await;
}

#[tokio::test]
async fn parameters_have_bounds() {
    let server = TestServer::start().await;
    for (form, status) in [
        (
            format!("token=x&grant_type=client_credentials&x={}", "a".repeat(4096)),
            200,
        ),
        (
            format!("token=x&grant_type=client_credentials&x={}", "a".repeat(4097)),
            400,
        ),
        (
            format!("token=x&grant_type=client_credentials&x={}", "%41".repeat(4097)),
            400,
        ),
        (
            format!("token=x&grant_type=client_credentials&{}=1", "a".repeat(4097)),
            400,
        ),
        (
            format!("grant_type=client_credentials&token={}", "a".repeat(20 * 1024)),
            200,
        ),
        (
            format!("grant_type=client_credentials&token={}", "a".repeat(20 * 1024 + 1)),
            400,
        ),
    ] {
        for path in FORM {
            let answer = Request::post(path)
                .basic(&server.service)
                .raw_form(form.as_str())
                .send(&server)
                .await;
            assert_eq!(answer.status, status, "{path} {}", form.len());
            if status == 400 {
                answer.assert_error(400, "invalid_request", "parameter too long");
            }
        }
    }
}

#[tokio::test]
async fn forms_have_bounds() {
    let server = TestServer::start().await;
    let many = (0..101)
        .map(|number| format!("p{number}=1"))
        .collect::<Vec<_>>()
        .join("&");
    for path in FORM {
        let answer = Request::post(path)
            .basic(&server.service)
            .raw_form(many.as_str())
            .send(&server)
            .await;
        answer.assert_error(400, "invalid_request", "request too large");
        let large = format!("x={}", "&".repeat(64 * 1024));
        let answer = Request::post(path)
            .basic(&server.service)
            .raw_form(large)
            .send(&server)
            .await;
        answer.assert_error(413, "invalid_request", "request too large");
    }
    is_alive(&server).await;
}

#[tokio::test]
async fn a_body_without_an_announced_length_has_the_same_bound() {
    let server = TestServer::start().await;
    let mut connection = Connection::open(server.address).await;
    let head = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    connection.write(head.as_bytes()).await;
    for _ in 0..20 {
        let chunk = format!("1000\r\n{}\r\n", "a".repeat(4096));
        connection.write(chunk.as_bytes()).await;
    }
    connection.write(b"0\r\n\r\n").await;
    let answer = connection.read().await.unwrap();
    answer.assert_error(413, "invalid_request", "request too large");
    is_alive(&server).await;
}

#[tokio::test]
async fn another_content_type_is_an_empty_form() {
    let server = TestServer::start().await;
    let json = r#"{"grant_type":"client_credentials","token":"x"}"#;
    let form = "grant_type=client_credentials&token=x";
    for (content_type, body) in [
        ("application/json", json),
        ("text/plain", form),
        ("multipart/form-data; boundary=x", form),
        ("application/x-www-form-urlencodedx", form),
        ("", form),
    ] {
        for (path, text) in [
            (TOKEN, "Missing form parameter: grant_type"),
            (INTROSPECT, "Token not provided."),
            (REVOKE, "Token not provided"),
        ] {
            let request = Request::post(path).basic(&server.service).body(content_type, body);
            request.send(&server).await.assert_error(400, "invalid_request", text);
        }
    }
    for content_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-URLEncoded",
        "application/x-www-form-urlencoded ;charset=utf-8",
    ] {
        let request = Request::post(TOKEN).basic(&server.service).body(content_type, form);
        assert_eq!(request.send(&server).await.status, 200, "{content_type}");
    }
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_one() {
    let server = TestServer::start().await;
    for (path, allow) in [
        (TOKEN, "POST, OPTIONS"),
        (REVOKE, "POST, OPTIONS"),
        (INTROSPECT, "POST"),
        (CERTS, "GET, HEAD, OPTIONS"),
        (DISCOVERY, "GET, HEAD, OPTIONS"),
        ("/realms/demo", "GET, HEAD, OPTIONS"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
            if allow.contains(method) {
                continue;
            }
            let answer = Request::new(method, path).send(&server).await;
            let text = r#"{"error":"HTTP 405 Method Not Allowed"}"#;
            assert_eq!((answer.status, answer.text()), (405, text), "{method} {path}");
            let allowed = answer.header("allow").unwrap().replace(", ", ",");
            assert_eq!(allowed, allow.replace(", ", ","), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_not_there() {
    let server = TestServer::start().await;
    for path in [
        "/",
        "/realms",
        "/realms/",
        "/realms/demo/nothing",
        "/realms/demo/protocol/openid-connect",
        "/realms/demo/protocol/openid-connect/tokens",
        "/realms/demo/protocol/openid-connect/token/",
        "/realms/demo/../demo/protocol/openid-connect/certs",
        "/REALMS/demo",
        "//realms/demo",
        "/%72ealms/demo",
        "/admin",
        "/metrics",
        "/health/ready",
    ] {
        let answer = Request::get(path).send(&server).await;
        let text = r#"{"error":"HTTP 404 Not Found"}"#;
        assert_eq!((answer.status, answer.text()), (404, text), "{path}");
        answer.assert_headers(&[("content-type", "application/json")]);
    }
}

#[tokio::test]
async fn an_oversize_head_is_refused() {
    let server = TestServer::start().await;
    let mut many = Request::get(CERTS);
    for number in 0..150 {
        many = many.header(&format!("X-Header-{number}"), "1");
    }
    for request in [Request::get(CERTS).header("X-Large", &"a".repeat(70 * 1024)), many] {
        let mut connection = Connection::open(server.address).await;
        assert_eq!(
            connection.drip(&request.bytes()).await.map(|answer| answer.status),
            Some(431)
        );
    }
    let endless = format!("/realms/demo?{}", "a".repeat(100 * 1024));
    let mut connection = Connection::open(server.address).await;
    let status = connection
        .drip(&Request::get(&endless).bytes())
        .await
        .map(|answer| answer.status);
    assert!(matches!(status, Some(414 | 431)), "{status:?}");
    is_alive(&server).await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = TestServer::start().await;
    for bytes in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /realms/demo HTTP/9.9\r\n\r\n",
        b"GET /realms/demo HTTP/1.1\r\nbroken header\r\n\r\n",
        b"GET /realms/demo HTTP/1.1\r\nX: a\0b\r\n\r\n",
        b"POST /realms/demo/protocol/openid-connect/token HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /realms/demo/protocol/openid-connect/token HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /realms/demo/protocol/openid-connect/token HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ] {
        let mut connection = Connection::open(server.address).await;
        connection.write(bytes).await;
        let status = connection.read().await.map(|answer| answer.status);
        assert!(status == Some(400), "{bytes:?}: {status:?}");
        assert!(connection.is_closed().await, "{bytes:?}");
    }
    is_alive(&server).await;
}

#[tokio::test]
async fn a_smuggled_request_is_not_answered() {
    let server = TestServer::start().await;
    let inner = "GET /realms/demo HTTP/1.1\r\nHost: x\r\n\r\n";
    let both = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}",
        inner.len() + 5,
    );
    let mut connection = Connection::open(server.address).await;
    connection.write(both.as_bytes()).await;
    connection.half_close().await;
    let mut statuses = Vec::new();
    while let Some(answer) = connection.read().await {
        statuses.push(answer.status);
    }
    assert!(statuses.iter().all(|status| *status == 400), "{statuses:?}");
    is_alive(&server).await;
}

#[tokio::test]
async fn a_slow_body_is_cut_off() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 1).await;
    let mut connection = Connection::open(server.address).await;
    let head = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 100\r\n\r\ngrant_type="
    );
    connection.write(head.as_bytes()).await;
    let answer = connection.read().await.unwrap();
    answer.assert_error(408, "invalid_request", "request took too long to arrive");
    assert!(connection.is_closed().await);
    is_alive(&server).await;
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let server = TestServer::start_with(|settings| settings.request_timeout_secs = 1).await;
    for bytes in [
        &b""[..],
        b"GET /realms/demo HT",
        b"GET /realms/demo HTTP/1.1\r\nHost: x\r\n",
    ] {
        let mut connection = Connection::open(server.address).await;
        connection.write(bytes).await;
        let answer = connection.read().await;
        assert!(answer.is_none_or(|answer| answer.status == 408), "{bytes:?}");
        assert!(connection.is_closed().await, "{bytes:?}");
    }
    is_alive(&server).await;
}

#[tokio::test]
async fn a_half_closed_connection_gets_its_answer() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.access_token.format = keyward_domain::client::AccessTokenFormat::Opaque;
    let opaque = server.create("opaque", settings).await;
    let form = [("grant_type", "client_credentials")];
    for client in [&server.service, &opaque] {
        let mut connection = Connection::open(server.address).await;
        connection
            .write(&Request::post(TOKEN).basic(client).form(&form).bytes())
            .await;
        connection.half_close().await;
        assert_eq!(connection.read().await.map(|answer| answer.status), Some(200));
        assert!(connection.is_closed().await);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let whole = Request::post(TOKEN)
        .basic(&server.service)
        .form(&[("grant_type", "client_credentials")]);
    let bytes = whole.bytes();
    for cut in [bytes.len() - 1, bytes.len() - 20, bytes.len() / 2, 3] {
        let mut connection = Connection::open(server.address).await;
        connection.write(&bytes[..cut]).await;
        connection.half_close().await;
        let answer = connection.read().await;
        assert!(answer.is_none_or(|answer| answer.status == 400), "{cut}");
        assert!(connection.is_closed().await, "{cut}");
    }
    is_alive(&server).await;
}

#[tokio::test]
async fn clients_that_hang_up_leave_nothing_behind() {
    let server = TestServer::start_with(|settings| settings.max_connections = 4).await;
    let bytes = Request::post(TOKEN)
        .basic(&server.service)
        .form(&[("grant_type", "client_credentials")])
        .bytes();
    for cut in 0..40 {
        let mut connection = Connection::open(server.address).await;
        connection.write(&bytes[..bytes.len().min(cut * 10)]).await;
    }
    tokio::time::timeout(Duration::from_secs(10), is_alive(&server))
        .await
        .unwrap();
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = TestServer::start().await;
    let form = [("grant_type", "client_credentials")];
    let wire = [
        Request::get("/realms/demo").bytes(),
        Request::post(TOKEN).basic(&server.service).form(&form).bytes(),
        Request::get("/realms/nowhere").bytes(),
        Request::post(REVOKE)
            .basic(&server.service)
            .form(&[("token", "x")])
            .bytes(),
        Request::get(CERTS).bytes(),
    ]
    .concat();
    let mut connection = Connection::open(server.address).await;
    connection.write(&wire).await;
    for status in [200, 200, 404, 200, 200] {
        assert_eq!(connection.read().await.unwrap().status, status);
    }
}

#[tokio::test]
async fn an_error_keeps_the_connection() {
    let server = TestServer::start().await;
    let mut connection = Connection::open(server.address).await;
    for _ in 0..3 {
        connection.write(&Request::post(TOKEN).form(&[]).bytes()).await;
        assert_eq!(connection.read().await.unwrap().status, 400);
        connection.write(&Request::get(CERTS).bytes()).await;
        assert_eq!(connection.read().await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn descriptions_hold_no_echo_that_could_break_out() {
    let server = TestServer::start().await;
    for evil in [
        "\"},{\"x",
        "\\u0000",
        "<script>",
        "ü",
        "a\r\nSet-Cookie: x",
        &"s".repeat(3000),
    ] {
        let answer = server.token(&server.service, &[("scope", evil)]).await;
        assert_eq!(
            (answer.status, answer.member("error").as_str()),
            (400, "invalid_scope"),
            "{evil}"
        );
        let description = answer.member("error_description");
        let allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        assert!(
            description.bytes().all(allowed) && description.len() <= 200,
            "{description}"
        );
        assert_eq!(answer.header("set-cookie"), None);
    }
}
