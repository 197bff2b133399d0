//! Traefik's `forwardAuth`, and Caddy's `forward_auth`, which speaks the same. They take 2xx for leave and pass
//! everything else on as it is.

use http::StatusCode;
use http::request::Parts;

use super::asked::{Asked, Unreadable, client, method, only};

/// The `X-Forwarded-*` that both set, in place of whatever the client sent.
pub(super) fn asked(question: &Parts) -> Result<Asked<'_>, Unreadable> {
    let headers = &question.headers;
    Ok(Asked {
        method: method(headers, "x-forwarded-method")?,
        target: only(headers, "x-forwarded-uri")?,
        host: only(headers, "x-forwarded-host")?,
        client: client(headers)?,
    })
}

/// Which refusals reach the client as they are.
pub(super) fn passes_on(status: StatusCode) -> bool {
    !status.is_success()
}
