//! One retry on 401, and never two.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use keyward_client::{CallError, call};

use crate::support::tokens::{INVALID_TOKEN, api, oauth_error, source, token_server};
use crate::support::{Server, TestClock, status, transport};

/// Calls `api` with tokens of `issuer` until one is taken.
async fn get(issuer: &Server, api: &Server) -> StatusCode {
    let tokens = source(issuer, &TestClock::at_noon());
    let url = api.url("/orders");
    let transport = transport();
    let send = |authorization: HeaderValue| {
        let request = Request::get(&url).header(AUTHORIZATION, authorization);
        transport.request(request.body(Bytes::new()).unwrap())
    };
    call(&tokens, send).await.unwrap().status()
}

#[tokio::test]
async fn a_token_that_is_taken_is_sent_once() {
    let (issuer, api) = (token_server().await, api("access-1", INVALID_TOKEN).await);
    assert_eq!(get(&issuer, &api).await, StatusCode::OK);
    assert_eq!((issuer.count("/token"), api.count("/orders")), (1, 1));
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let (issuer, api) = (token_server().await, api("access-2", INVALID_TOKEN).await);
    assert_eq!(get(&issuer, &api).await, StatusCode::OK);
    assert_eq!((issuer.count("/token"), api.count("/orders")), (2, 2));
    let sent: Vec<_> = api
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(sent, ["Bearer access-1", "Bearer access-2"]);
}

#[tokio::test]
async fn a_second_refusal_is_the_answer() {
    let (issuer, api) = (token_server().await, api("none", INVALID_TOKEN).await);
    assert_eq!(get(&issuer, &api).await, StatusCode::UNAUTHORIZED);
    assert_eq!((issuer.count("/token"), api.count("/orders")), (2, 2));
}

#[tokio::test]
async fn a_login_that_is_too_weak_is_not_cured_by_another_token() {
    let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="gold""#;
    let (issuer, api) = (token_server().await, api("access-2", challenge).await);
    assert_eq!(get(&issuer, &api).await, StatusCode::UNAUTHORIZED);
    assert_eq!((issuer.count("/token"), api.count("/orders")), (1, 1));
}

#[tokio::test]
async fn a_missing_scope_is_not_cured_by_another_token() {
    let (issuer, api) = (token_server().await, Server::start(|_| async { status(403) }).await);
    assert_eq!(get(&issuer, &api).await, StatusCode::FORBIDDEN);
    assert_eq!((issuer.count("/token"), api.count("/orders")), (1, 1));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let issuer = Server::start(|_| async { oauth_error(401, "invalid_client") }).await;
    let tokens = source(&issuer, &TestClock::at_noon());
    let result = call(&tokens, |_| async { Err::<Response<()>, _>(std::fmt::Error) }).await;
    let Err(CallError::Token(error)) = result else {
        panic!("sent")
    };
    assert_eq!(error.to_string(), "the issuer refused: invalid_client");
}
