//! Envoy's `ext_authz` over HTTP: it asks with the client's own method, path and host. It takes 200 for leave and
//! passes nearly everything else on. 5xx it takes for a failure of the guard, on which it refuses with a status of its
//! own, or with `failure_mode_allow` **lets the request in**: so a refusal is never sent as 5xx.

use http::StatusCode;
use http::header::HOST;
use http::request::Parts;

use super::asked::{Asked, Unreadable, client, only};

/// The request is the client's own but for `prefix` before its path.
pub(super) fn asked<'r>(question: &'r Parts, prefix: &str) -> Result<Asked<'r>, Unreadable> {
    let target = question.uri.path_and_query().map(http::uri::PathAndQuery::as_str);
    let target = target.and_then(|target| target.strip_prefix(prefix));
    let host = match question.uri.authority() {
        Some(authority) => authority.as_str(),
        None => only(&question.headers, HOST.as_str()).map_err(|_| Unreadable("host"))?,
    };
    Ok(Asked {
        method: question.method.clone(),
        target: target.ok_or(Unreadable("path"))?,
        host,
        client: client(&question.headers)?,
    })
}

/// Which refusals reach the client as they are.
pub(super) fn passes_on(status: StatusCode) -> bool {
    status != StatusCode::OK && !status.is_server_error()
}
