//! The examples, run against an issuer and an API of this test.

use std::sync::atomic::{AtomicU32, Ordering};

use http::{StatusCode, Uri};
use keyward_client::{ClientAuthentication, Issuer, LoginOptions};
use keyward_protocol::params::Params;
use serde_json::json;

use crate::support::tokens::{INVALID_TOKEN, api};
use crate::support::{Server, json, transport};

#[expect(dead_code, reason = "main is not called here")]
#[path = "../../examples/call_api.rs"]
mod call_api;
#[expect(dead_code, reason = "main is not called here")]
#[path = "../../examples/get_token.rs"]
mod get_token;

/// Gives `access-1`, then `access-2`, each with a refresh token.
async fn issuer() -> Server {
    let count = AtomicU32::new(0);
    Server::start(move |seen| {
        let issuer = format!("http://{}", seen.header("host").unwrap());
        let answer = match seen.target.as_str() {
            "/.well-known/openid-configuration" => json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"),
            }),
            _ => json!({
                "access_token": format!("access-{}", count.fetch_add(1, Ordering::SeqCst) + 1),
                "token_type": "Bearer", "expires_in": 300, "refresh_token": "r",
            }),
        };
        async move { json(answer.to_string()) }
    })
    .await
}

#[tokio::test]
async fn a_program_calls_an_api_as_itself() {
    let (issuer, api) = (issuer().await, api("access-2", INVALID_TOKEN).await);
    let client = ClientAuthentication::secret_basic("billing", "s3cret");
    let client = get_token::ApiClient::new(&issuer.url(""), client, "orders:read").unwrap();
    for _ in 0..3 {
        let answer = client.call_api(&api.url("/orders")).await.unwrap();
        assert_eq!(
            (answer.status(), &answer.body()[..]),
            (StatusCode::OK, &br#"{"orders":[]}"#[..])
        );
    }
    assert_eq!((issuer.count("/token"), api.count("/orders")), (2, 4));
    assert_eq!(
        issuer.seen()[1].body,
        "grant_type=client_credentials&scope=orders%3Aread"
    );
}

#[tokio::test]
async fn a_program_calls_an_api_for_its_user() {
    let (issuer, api) = (issuer().await, api("access-2", INVALID_TOKEN).await);
    let options = LoginOptions {
        scope: "orders:read".to_owned(),
        open: Box::new(|url| {
            let uri: Uri = url.parse().unwrap();
            let query = Params::parse_query(uri.query().unwrap()).unwrap();
            let value = |name| query.get(name).unwrap().to_owned();
            let answer = format!("{}?code=c&state={}", value("redirect_uri"), value("state"));
            tokio::spawn(async move { transport().get(&answer, "text/html").await });
            Ok(())
        }),
        ..LoginOptions::default()
    };
    let at = Issuer::new(transport(), issuer.url(""));
    let tokens = call_api::log_in(at, "cli", options).await.unwrap();
    let answer = call_api::call_api(&tokens, &transport(), &api.url("/orders"))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let last = issuer.seen().pop().unwrap();
    assert_eq!(last.body, "grant_type=refresh_token&refresh_token=r&client_id=cli");
    assert_eq!((issuer.count("/token"), api.count("/orders")), (2, 2));
}
