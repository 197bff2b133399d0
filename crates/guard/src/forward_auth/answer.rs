//! What a proxy is told: leave with what the API may know of the caller, or a refusal for the client.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::dialect::Dialect;
use super::nginx;
use crate::guard::{Decision, Guard};
use crate::translate::IDENTITY_HEADERS;

/// The status that is meant, where a proxy would not pass it on.
pub(super) const STATUS: HeaderName = HeaderName::from_static("x-guard-status");

/// Tells nginx and Caddy to take the client's token away before they forward.
const CREDENTIAL: HeaderName = HeaderName::from_static("x-guard-credential");

/// Leave. Every identity header is there, empty when there is nothing to say: what a client sends in its place would
/// else pass where a proxy copies only those that it got.
pub(super) fn leave(dialect: Dialect, guard: &Guard, decision: &Decision, request: &HeaderMap) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for name in IDENTITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(""));
    }
    for (name, value) in decision.identity() {
        headers.insert(name.clone(), value.clone());
    }
    if !decision.route.as_ref().is_some_and(|route| route.forward_credential) {
        match dialect {
            Dialect::Nginx | Dialect::Traefik => headers.insert(CREDENTIAL, HeaderValue::from_static("remove")),
            // It puts this in the place of the client's.
            Dialect::Envoy => headers.insert(AUTHORIZATION, HeaderValue::from_static("")),
        };
    }
    guard.dress(decision, request, headers);
    response
}

/// The guard's answer to the client, as its proxy passes it on. It must never look like leave: an answer to a preflight
/// is a refusal to ask the API.
pub(super) fn refusal(dialect: Dialect, mut response: Response<Bytes>) -> Response<Bytes> {
    let status = response.status();
    response
        .headers_mut()
        .insert(STATUS, HeaderValue::from(status.as_u16()));
    if !dialect.passes_on(status) {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    if dialect == Dialect::Nginx {
        nginx::carry(&mut response);
    }
    response
}

/// To a question that cannot be read.
pub(super) fn unreadable() -> Response<Bytes> {
    problem(StatusCode::BAD_REQUEST, "The proxy's question cannot be read")
}

/// A problem in which the guard has no part. RFC 9457 §3
pub(super) fn problem(status: StatusCode, title: &str) -> Response<Bytes> {
    let body = serde_json::json!({"type": "about:blank", "title": title, "status": status.as_u16()});
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
