//! Whoever guesses secrets is slowed; whoever knows one never pays for it.

use crate::support::{Credentials, INTROSPECT, REVOKE, Request, Response, TOKEN, TestServer, service};

/// Failures that an address may make at once.
const ADDRESS_BURST: usize = 20;

/// The same for a client, over all addresses.
const CLIENT_BURST: usize = 100;

fn wrong() -> Credentials {
    Credentials::new("backend-service", "wrong")
}

#[track_caller]
fn throttled(answer: &Response) {
    answer.assert_error(429, "invalid_client", "Too many failed attempts");
    let secs: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&secs), "{secs}");
}

#[tokio::test]
async fn wrong_secrets_run_out_and_the_right_one_does_not() {
    let server = TestServer::start().await;
    for attempt in 0..ADDRESS_BURST {
        let answer = server.token(&wrong(), &[]).await;
        assert_eq!((answer.status, answer.header("retry-after")), (401, None), "{attempt}");
    }
    let answer = server.token(&wrong(), &[]).await;
    throttled(&answer);
    assert_eq!(answer.header("retry-after"), Some("4"));
    for _ in 0..3 {
        assert_eq!(server.token(&server.service, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn an_unknown_client_is_throttled_alike() {
    let server = TestServer::start().await;
    for _ in 0..ADDRESS_BURST {
        let answer = server.token(&Credentials::new("unknown", "x"), &[]).await;
        assert_eq!(answer.status, 401);
    }
    throttled(&server.token(&Credentials::new("unknown", "x"), &[]).await);
    throttled(&server.token(&wrong(), &[]).await);
}

#[tokio::test]
async fn every_secret_endpoint_counts() {
    let server = TestServer::start().await;
    let form = [("grant_type", "client_credentials"), ("token", "x")];
    for attempt in 0..ADDRESS_BURST {
        let path = [TOKEN, INTROSPECT, REVOKE][attempt % 3];
        let answer = Request::post(path).basic(&wrong()).form(&form).send(&server).await;
        assert_eq!(answer.status, 401, "{path}");
    }
    for path in [TOKEN, INTROSPECT, REVOKE] {
        throttled(&Request::post(path).basic(&wrong()).form(&form).send(&server).await);
        let right = Request::post(path)
            .basic(&server.service)
            .form(&form)
            .send(&server)
            .await;
        assert_eq!(right.status, 200, "{path}");
    }
}

#[tokio::test]
async fn waiting_as_told_helps() {
    let server = TestServer::start().await;
    for _ in 0..=ADDRESS_BURST {
        server.token(&wrong(), &[]).await;
    }
    let answer = server.token(&wrong(), &[]).await;
    throttled(&answer);
    let secs: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    server.clock.advance(secs);
    assert_eq!(server.token(&wrong(), &[]).await.status, 401);
    throttled(&server.token(&wrong(), &[]).await);
}

/// One failed attempt, as a trusted proxy passes it on.
async fn from(server: &TestServer, address: &str, client: &Credentials) -> Response {
    let request = Request::post(TOKEN)
        .header("X-Forwarded-For", address)
        .header("X-Forwarded-Proto", "https")
        .basic(client);
    let form = [("grant_type", "client_credentials")];
    request.form(&form).send(server).await
}

#[tokio::test]
async fn a_flood_from_many_addresses_does_not_lock_the_owner_out() {
    let server =
        TestServer::start_with(|settings| settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    for number in 0..CLIENT_BURST {
        let answer = from(&server, &format!("198.51.100.{number}"), &wrong()).await;
        assert_eq!(answer.status, 401, "{number}");
    }
    throttled(&from(&server, "203.0.113.1", &wrong()).await);
    let other = server.create("other-service", service()).await;
    let others_wrong = Credentials::new("other-service", "wrong");
    assert_eq!(from(&server, "203.0.113.2", &others_wrong).await.status, 401);
    assert_eq!(from(&server, "203.0.113.3", &other).await.status, 200);
    assert_eq!(from(&server, "198.51.100.1", &server.service).await.status, 200);
}

#[tokio::test]
async fn a_stranger_cannot_choose_the_address_that_pays() {
    let server = TestServer::start().await;
    for number in 0..ADDRESS_BURST {
        let answer = from(&server, &format!("198.51.100.{number}"), &wrong()).await;
        assert_eq!(answer.status, 401);
    }
    throttled(&from(&server, "203.0.113.1", &wrong()).await);
}
