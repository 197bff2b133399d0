//! The id of a request: on every answer, and in its events.

use crate::support::{CERTS, REVOKE, Request, TOKEN, TestServer};

#[tokio::test]
async fn every_answer_has_one_of_its_own() {
    let server = TestServer::start().await;
    let mut seen = std::collections::BTreeSet::new();
    for request in [
        Request::get(CERTS),
        Request::get("/realms/nowhere"),
        Request::get("/nothing"),
        Request::get(TOKEN),
        Request::post(TOKEN),
        Request::post(REVOKE).form(&[("token", "x"), ("token", "y")]),
        Request::new("OPTIONS", TOKEN),
    ] {
        let answer = request.send(&server).await;
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(id.len() >= 8 && id.is_ascii(), "{id}");
        assert!(seen.insert(id), "it repeats");
    }
}

#[tokio::test]
async fn a_sane_one_is_taken_over() {
    let server = TestServer::start().await;
    for id in ["01JD3Y-abc_9.x", "abcdefgh", &"a".repeat(64)] {
        let answer = Request::get(CERTS).header("X-Request-ID", id).send(&server).await;
        assert_eq!(answer.header("x-request-id"), Some(id));
    }
}

#[tokio::test]
async fn one_that_could_forge_a_log_line_is_not() {
    let server = TestServer::start().await;
    for id in [
        "short",
        "has space",
        "quote\"quote",
        "tab\there-1",
        "${jndi:ldap}",
        "<script>alert",
        &"a".repeat(65),
    ] {
        let answer = Request::get(CERTS).header("X-Request-ID", id).send(&server).await;
        let given = answer.header("x-request-id").unwrap();
        assert!(given != id && given.len() >= 8, "{id}");
    }
}

#[tokio::test]
async fn events_carry_it() {
    let server = TestServer::start().await;
    let request = Request::post(TOKEN)
        .basic(&server.service)
        .header("X-Request-ID", "trace-0001");
    let answer = request
        .form(&[("grant_type", "client_credentials")])
        .send(&server)
        .await;
    assert_eq!(answer.header("x-request-id"), Some("trace-0001"));
    assert_eq!(server.seen.last().request_id.as_deref(), Some("trace-0001"));
    let answer = server.token(&server.service, &[]).await;
    assert_eq!(server.seen.last().request_id.as_deref(), answer.header("x-request-id"));
}
