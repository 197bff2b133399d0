//! The middleware for `reqwest`.

use keyward_client::PlainHttp;
use keyward_client::middleware::BearerToken;
use keyward_client::transport::UrlError;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};

use crate::support::tokens::{INVALID_TOKEN, api, source, token_server};
use crate::support::{Server, TestClock, json};

fn client(issuer: &Server, api: &Server) -> ClientWithMiddleware {
    let tokens = source(issuer, &TestClock::at_noon());
    let bearer = BearerToken::new(tokens, &api.url("/"), PlainHttp::LoopbackOnly).unwrap();
    ClientBuilder::new(reqwest::Client::new()).with(bearer).build()
}

#[tokio::test]
async fn a_token_is_attached_and_replaced_once() {
    for (taken, status, tokens, calls) in [("access-1", 200, 1, 1), ("access-2", 200, 2, 2), ("none", 401, 2, 2)] {
        let (issuer, api) = (token_server().await, api(taken, INVALID_TOKEN).await);
        let client = client(&issuer, &api);
        let response = client.post(api.url("/orders")).body("order").send().await.unwrap();
        assert_eq!(response.status(), status, "{taken}");
        assert_eq!((issuer.count("/token"), api.count("/orders")), (tokens, calls));
        assert!(api.seen().iter().all(|seen| seen.body == "order"));
    }
}

#[tokio::test]
async fn a_body_that_can_be_read_once_is_sent_once() {
    let (issuer, api) = (token_server().await, api("access-2", INVALID_TOKEN).await);
    let stream = http_body_util::Full::new(bytes::Bytes::from("order"));
    let body = reqwest::Body::wrap(stream);
    let response = client(&issuer, &api)
        .post(api.url("/orders"))
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!((issuer.count("/token"), api.count("/orders")), (1, 1));
}

/// The client is used for a foreign URL, or is sent to one: the token stays at home.
#[tokio::test]
async fn another_origin_gets_no_token() {
    let (issuer, api) = (token_server().await, api("access-1", INVALID_TOKEN).await);
    let stranger = Server::start(|_| async { json("{}") }).await;
    let client = client(&issuer, &api);
    client.get(stranger.url("/")).send().await.unwrap();
    let elsewhere = stranger.url("/").replace("127.0.0.1", "localhost");
    client.get(elsewhere).send().await.unwrap();
    assert!(
        stranger
            .seen()
            .iter()
            .all(|seen| seen.header("authorization").is_none())
    );
    assert_eq!((stranger.count("/"), issuer.count("/token")), (2, 0));
}

#[tokio::test]
async fn a_redirect_to_another_origin_takes_no_token_along() {
    let stranger = Server::start(|_| async { json("{}") }).await;
    let target = stranger.url("/stolen");
    let api = Server::start(move |_| {
        let target = target.clone();
        async move {
            let mut answer = crate::support::status(307);
            answer.headers_mut().insert("location", target.parse().unwrap());
            answer
        }
    })
    .await;
    let issuer = token_server().await;
    let client = client(&issuer, &api);
    client.get(api.url("/")).send().await.unwrap();
    assert_eq!(api.seen()[0].header("authorization"), Some("Bearer access-1"));
    assert_eq!(stranger.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_request_with_its_own_authorization_passes_as_it_is() {
    let (issuer, api) = (token_server().await, api("mine", INVALID_TOKEN).await);
    let request = client(&issuer, &api).get(api.url("/")).bearer_auth("mine");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(issuer.count("/token"), 0);
}

#[tokio::test]
async fn an_api_without_tls_is_refused() {
    let issuer = token_server().await;
    let new = |api: &str, plain| BearerToken::new(source(&issuer, &TestClock::at_noon()), api, plain).map(drop);
    assert_eq!(
        new("http://orders:8080", PlainHttp::LoopbackOnly),
        Err(UrlError::PlainHttp)
    );
    assert_eq!(new("http://orders:8080", PlainHttp::Allowed), Ok(()));
    assert_eq!(new("orders", PlainHttp::Allowed), Err(UrlError::Malformed));
}
