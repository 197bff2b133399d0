//! A program's own token: kept, renewed early, asked for once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use keyward_client::{ClientCredentials, Issuer, TokenEndpoint, TokenError, TokenSource, Tokens as _, UnixMillis};
use keyward_protocol::error::ErrorCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::tokens::{bearer, machine, oauth_error, secs, source, token_server};
use crate::support::{NOON, Reply, Server, TestClock, hang_up, html, json, reply, transport, until};

async fn answering(answer: Reply) -> Result<String, TokenError> {
    let server = Server::start(move |_| {
        let answer = answer.clone();
        async move { answer }
    })
    .await;
    let token = source(&server, &TestClock::at_noon()).token().await?;
    Ok(token.reveal().to_owned())
}

#[tokio::test]
async fn the_request_of_rfc_6749_section_4_4_2() {
    let server = token_server().await;
    let endpoint = TokenEndpoint::at(transport(), server.url("/token"), machine());
    let request = ClientCredentials {
        scope: Some("orders:read".to_owned()),
        resources: vec!["https://a.example/".to_owned(), "https://b.example/".to_owned()],
        ..ClientCredentials::default()
    };
    let source = TokenSource::new(endpoint, request);
    let token = source.token().await.unwrap();
    assert_eq!((token.reveal(), token.scope()), ("access-1", Some("orders:read")));
    let seen = &server.seen()[0];
    assert_eq!(
        seen.body,
        "grant_type=client_credentials&scope=orders%3Aread&resource=https%3A%2F%2Fa.example%2F&resource=https%3A%2F%2Fb.example%2F"
    );
    // "billing:s3cret"
    assert_eq!(seen.header("authorization"), Some("Basic YmlsbGluZzpzM2NyZXQ="));
    assert_eq!(seen.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_token_is_kept_and_renewed_thirty_seconds_early() {
    let server = token_server().await;
    let clock = TestClock::at_noon();
    let source = source(&server, &clock);
    for (advance, expected) in [(0, "access-1"), (269, "access-1"), (1, "access-2"), (269, "access-2")] {
        clock.advance(secs(advance));
        assert_eq!(source.token().await.unwrap().reveal(), expected, "{advance} s later");
    }
    assert_eq!(source.token().await.unwrap().expires_at(), NOON.plus(secs(570)));
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_hundred_tasks_ask_once() {
    let server = token_server().await;
    let clock = TestClock::at_noon();
    let source = source(&server, &clock);
    for expected in ["access-1", "access-2"] {
        let mut tasks = JoinSet::new();
        for _ in 0..100 {
            let source = source.clone();
            tasks.spawn(async move { source.token().await.unwrap().reveal().to_owned() });
        }
        assert!(tasks.join_all().await.into_iter().all(|token| token == expected));
        clock.advance(secs(300));
    }
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_hundred_refusals_of_one_token_renew_it_once() {
    let server = token_server().await;
    let source = source(&server, &TestClock::at_noon());
    let refused = source.token().await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let (source, refused) = (source.clone(), refused.clone());
        tasks.spawn(async move { source.renew(&refused).await.unwrap().reveal().to_owned() });
    }
    assert!(tasks.join_all().await.into_iter().all(|token| token == "access-2"));
    assert_eq!(source.token().await.unwrap().reveal(), "access-2");
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn an_error_is_not_kept() {
    let down = Arc::new(AtomicBool::new(true));
    let state = down.clone();
    let server = Server::start(move |_| {
        let down = state.load(Ordering::SeqCst);
        async move {
            if down {
                oauth_error(503, "temporarily_unavailable")
            } else {
                json(bearer("a", 300))
            }
        }
    })
    .await;
    let source = source(&server, &TestClock::at_noon());
    let error = source.token().await.unwrap_err();
    assert_eq!(error.to_string(), "the issuer refused: temporarily_unavailable");
    assert!(error.is(ErrorCode::TemporarilyUnavailable));
    down.store(false, Ordering::SeqCst);
    assert_eq!(source.token().await.unwrap().reveal(), "a");
}

/// The issuer is away while the token is due but still holds: nobody is refused and the issuer is not run over.
#[tokio::test]
async fn a_token_that_still_holds_outlives_an_outage() {
    let down = Arc::new(AtomicBool::new(false));
    let state = down.clone();
    let server = Server::start(move |_| {
        let down = state.load(Ordering::SeqCst);
        async move {
            if down {
                oauth_error(500, "server_error")
            } else {
                json(bearer("a", 300))
            }
        }
    })
    .await;
    let clock = TestClock::at_noon();
    let source = source(&server, &clock);
    source.token().await.unwrap();
    down.store(true, Ordering::SeqCst);
    clock.advance(secs(280));
    for _ in 0..50 {
        assert_eq!(source.token().await.unwrap().reveal(), "a");
    }
    assert_eq!(server.count("/token"), 2);
    clock.advance(secs(5));
    assert!(source.token().await.is_ok());
    assert_eq!(server.count("/token"), 3);
    clock.advance(secs(15));
    assert!(source.token().await.is_err());
}

/// A caller that is cancelled does not cancel what others wait for.
#[tokio::test]
async fn a_caller_that_goes_away_leaves_the_request_to_the_others() {
    let server = token_server().await;
    let source = source(&server, &TestClock::at_noon());
    hang_up(source.token());
    until("the token is asked for", || server.count("/token") == 1).await;
    assert_eq!(source.token().await.unwrap().reveal(), "access-1");
}

#[tokio::test]
async fn odd_answers_are_refused() {
    let malformed = [
        "",
        "{}",
        r#"{"access_token":"a"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":"a b","token_type":"Bearer"}"#,
        r#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#,
        r#"{"access_token":7,"token_type":"Bearer"}"#,
        r#"{"access_token":"a","token_type":"Bearer","expires_in":"300"}"#,
        r#"{"access_token":"a","token_type":"Bearer","expires_in":-1}"#,
        r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#,
    ];
    for body in malformed {
        let error = answering(json(body)).await.unwrap_err();
        assert!(matches!(error, TokenError::Malformed), "{body}: {error}");
    }
    assert!(matches!(answering(html("<html>")).await, Err(TokenError::Malformed)));
    let dpop = r#"{"access_token":"a","token_type":"DPoP"}"#;
    assert!(matches!(answering(json(dpop)).await, Err(TokenError::TokenType)));
    let bearer = r#"{"access_token":"a","token_type":"bearer"}"#;
    assert_eq!(answering(json(bearer)).await.unwrap(), "a");
    for status in [302, 400, 401, 500] {
        let page = reply(status.try_into().unwrap(), "text/html", r#"{"error":"<b>"}"#);
        let error = answering(page).await.unwrap_err();
        assert!(matches!(error, TokenError::Status(got) if got == status), "{error}");
    }
}

#[tokio::test]
async fn a_lifetime_that_is_not_said_is_a_minute_and_a_huge_one_does_no_harm() {
    let body = Arc::new(Mutex::new(r#"{"access_token":"a","token_type":"Bearer"}"#.to_owned()));
    let answers = body.clone();
    let server = Server::start(move |_| {
        let answer = json(answers.lock().unwrap().clone());
        async move { answer }
    })
    .await;
    let source = source(&server, &TestClock::at_noon());
    let token = source.token().await.unwrap();
    assert_eq!(token.expires_at(), NOON.plus(secs(60)));
    *body.lock().unwrap() = bearer("b", u64::MAX);
    assert_eq!(source.renew(&token).await.unwrap().expires_at(), UnixMillis(u64::MAX));
}

#[tokio::test]
async fn the_endpoint_is_discovered() {
    let server = Server::start(|seen| async move {
        let issuer = format!("http://{}", seen.header("host").unwrap());
        match seen.target.as_str() {
            "/.well-known/openid-configuration" => {
                json(json!({"issuer": issuer, "token_endpoint": format!("{issuer}/token")}).to_string())
            }
            _ => json(bearer("a", 300)),
        }
    })
    .await;
    let endpoint = TokenEndpoint::of_issuer(Issuer::new(transport(), server.url("")), machine());
    let source = TokenSource::new(endpoint, ClientCredentials::default());
    assert_eq!(source.token().await.unwrap().reveal(), "a");
    assert_eq!(server.seen()[1].body, "grant_type=client_credentials");
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let server = token_server().await;
    let source = source(&server, &TestClock::at_noon());
    let token = source.token().await.unwrap();
    let error = answering(oauth_error(401, "invalid_client")).await.unwrap_err();
    let printed = format!("{source:?} {token:?} {:?} {error} {error:?}", token.authorization());
    for secret in ["access-1", "s3cret", "YmlsbGlu", "because"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
