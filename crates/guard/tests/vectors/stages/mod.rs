//! Ways to run a guard that need sockets.

#[cfg(feature = "forward-auth")]
pub(crate) mod forward_auth;
#[cfg(feature = "gateway")]
pub(crate) mod gateway;
#[cfg(feature = "forward-auth")]
pub(crate) mod peers;
#[cfg(feature = "forward-auth")]
pub(crate) mod proxies;

use std::sync::Arc;

use keyward_guard::testing::Revoked;
use keyward_guard::testing::vectors::{Answer, Seen};
use keyward_guard::{Guard, Settings};

use crate::support::wire::Response;

/// A guard by a configuration, with its issuers' keys.
async fn guard(settings: Settings, revoked: &Arc<Revoked>) -> Arc<Guard> {
    let built = Guard::builder(settings).revocations(Arc::clone(revoked) as _).build();
    let guard = built.unwrap_or_else(|error| panic!("{error}"));
    guard.start().await.unwrap();
    Arc::new(guard)
}

/// What a client got and an API, together.
fn answer(response: Response, upstream: Option<Seen>) -> Answer {
    Answer {
        // Whatever the guard says has its id.
        early: upstream.is_none() && !response.headers.contains_key("x-request-id") && !is_own(&response),
        status: response.status,
        headers: response.headers,
        body: response.body,
        reason: None,
        upstream,
        written: Vec::new(),
    }
}

/// A preflight's answer and the API's metadata have no id.
fn is_own(response: &Response) -> bool {
    response.status.is_success()
}
