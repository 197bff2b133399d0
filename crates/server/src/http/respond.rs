//! What goes out: JSON, errors, and nothing that should not.

use std::fmt::Display;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, PRAGMA, RETRY_AFTER,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use keyward_domain::Fault;
use keyward_protocol::error::{ErrorBody, ErrorCode};
use serde::Serialize;

use super::edge::Cx;
use crate::snapshot::Document;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Headers of an answer, and some more.
const HEADERS: usize = 14;

/// Seconds after which a caller may try again when the database is out of reach.
const RETRY_SECS: u32 = 2;

/// The answer to a request that one of the first checks ended. Boxed: as an error it travels in many small results.
pub(crate) type EarlyAnswer = Box<Response<Body>>;

/// 200 with a body that nobody may keep: it holds a token or says something about one.
pub(crate) fn private_json(body: Vec<u8>) -> Response<Body> {
    let mut response = json(StatusCode::OK, body);
    no_store(&mut response);
    response
}

/// 200 without a body, not to be kept.
pub(crate) fn empty() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    no_store(&mut response);
    response
}

/// A public document: cacheable, readable by any script, 304 when the caller has it.
pub(crate) fn document(document: &Document, max_age: &'static str, headers: &HeaderMap) -> Response<Body> {
    let known = headers.get(IF_NONE_MATCH).is_some_and(|value| {
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .any(|tag| tag.trim().trim_start_matches("W/") == document.etag)
        })
    });
    let mut response = if known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        json(StatusCode::OK, document.body.clone())
    };
    let out = response.headers_mut();
    out.insert(CACHE_CONTROL, HeaderValue::from_static(max_age));
    out.insert(ETAG, document.etag.clone());
    out.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// An OAuth error (RFC 6749 §5.2), not to be kept.
pub(crate) fn error(code: ErrorCode, description: &str) -> Response<Body> {
    let mut response = json_of(status(code), &ErrorBody::described(code, description));
    no_store(&mut response);
    response
}

/// An OAuth error with another status than the table's: 429 and 413 are HTTP's own words.
pub(crate) fn error_with_status(status: StatusCode, code: ErrorCode, description: &str) -> Response<Body> {
    let mut response = error(code, description);
    *response.status_mut() = status;
    response
}

/// A fault of ours. The caller learns that and the request id, the log learns why.
pub(crate) fn fault(fault: &Fault, cx: &Cx) -> Response<Body> {
    let request_id = cx.request_id();
    match fault {
        Fault::Unavailable(_) | Fault::Conflict(_) => {
            tracing::warn!(request_id, "{fault}");
            unavailable()
        }
        Fault::Corrupt(_) | Fault::Exists(_) | Fault::Crypto(_) => {
            tracing::error!(request_id, "{fault}");
            error(
                ErrorCode::ServerError,
                &format!("Unexpected error. Request {request_id}"),
            )
        }
    }
}

/// The database is out of reach and memory is too old: 503, with the time to wait.
pub(crate) fn unavailable() -> Response<Body> {
    let mut response = error(
        ErrorCode::TemporarilyUnavailable,
        "Storage is out of reach. Try again later.",
    );
    retry_after(&mut response, RETRY_SECS);
    response
}

/// Sets `Retry-After` in seconds.
pub(crate) fn retry_after(response: &mut Response<Body>, secs: u32) {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(secs));
}

/// What Keycloak answers outside the OAuth endpoints: one member, a sentence.
pub(crate) fn plain_error(status: StatusCode, message: &str) -> Response<Body> {
    #[derive(Serialize)]
    struct Message<'a> {
        error: &'a str,
    }
    json_of(status, &Message { error: message })
}

/// The request came over plain http from elsewhere.
pub(crate) fn https_required() -> Response<Body> {
    error_with_status(StatusCode::FORBIDDEN, ErrorCode::InvalidRequest, "HTTPS required")
}

/// JSON by serialisation.
pub(crate) fn json_of(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(body) => json(status, body),
        Err(error) => {
            log_unserializable(&error);
            json(
                StatusCode::INTERNAL_SERVER_ERROR,
                Bytes::from_static(br#"{"error":"server_error"}"#),
            )
        }
    }
}

fn log_unserializable(error: &dyn Display) {
    tracing::error!("an answer could not be serialized: {error}");
}

fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    // What the endpoint and the edge add fits, so the map is made once.
    response.headers_mut().reserve(HEADERS);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

fn status(code: ErrorCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn no_store(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
}
