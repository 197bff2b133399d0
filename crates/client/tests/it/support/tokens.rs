//! A token endpoint that counts its tokens, and an API that takes the ones it was told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;
use keyward_client::{ClientAuthentication, ClientCredentials, TokenEndpoint, TokenSource};
use serde_json::json;

use super::server::{Reply, Server, json, reply};
use super::{TestClock, transport};

/// Gives `access-1`, `access-2` and so on, each for five minutes.
pub(crate) async fn token_server() -> Server {
    let count = AtomicU64::new(0);
    Server::start(move |_| {
        let n = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move { json(bearer(&format!("access-{n}"), 300)) }
    })
    .await
}

pub(crate) fn bearer(token: &str, expires_in: u64) -> String {
    json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in}).to_string()
}

pub(crate) fn oauth_error(status: u16, error: &str) -> Reply {
    let body = json!({"error": error, "error_description": "because"}).to_string();
    reply(StatusCode::from_u16(status).unwrap(), "application/json", body)
}

pub(crate) fn machine() -> ClientAuthentication {
    ClientAuthentication::secret_basic("billing", "s3cret")
}

pub(crate) fn source(server: &Server, clock: &Arc<TestClock>) -> TokenSource {
    let endpoint = TokenEndpoint::at(transport(), server.url("/token"), machine());
    let request = ClientCredentials {
        scope: Some("orders:read orders:create".to_owned()),
        clock: clock.clone(),
        ..ClientCredentials::default()
    };
    TokenSource::new(endpoint, request)
}

pub(crate) fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// An API that takes one token and tells the reason why it refuses another.
pub(crate) async fn api(token: &'static str, challenge: &'static str) -> Server {
    Server::start(move |seen| async move {
        if seen.header("authorization") == Some(&format!("Bearer {token}")) {
            return json(r#"{"orders":[]}"#);
        }
        let mut refusal = reply(StatusCode::UNAUTHORIZED, "application/problem+json", "{}");
        let headers = refusal.headers_mut();
        headers.insert("www-authenticate", challenge.parse().unwrap());
        refusal
    })
    .await
}

pub(crate) const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;
