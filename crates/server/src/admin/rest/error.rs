//! What the admin API answers when it does not do what was asked, in Keycloak's words and shapes: clients assert them.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Response, StatusCode};
use keyward_domain::Fault;
use serde_json::json;

use crate::http::edge::Cx;
use crate::http::respond;

/// Why something is not done.
#[derive(Debug)]
pub(crate) enum AdminError {
    /// No token, or none that is good.
    Unauthorized,
    /// The caller's roles do not allow it.
    Forbidden,
    /// 403 `{"error": …}`: and why.
    ForbiddenFor(String),
    /// 404 `{"error": …}`.
    NotFound(Cow<'static, str>),
    /// 404 `{"errorMessage": …}`.
    MissingMessage(&'static str),
    /// 409 `{"errorMessage": …}`.
    Conflict(String),
    /// 409 `{"error": "conflict", "error_description": …}`.
    ConflictOf(&'static str),
    /// 400 `{"errorMessage": …}`.
    Invalid(Cow<'static, str>),
    /// 400 `{"errorMessage": …}` with further members: what is wrong with which field.
    InvalidField(serde_json::Value),
    /// 400 `{"error": …}`.
    BadRequest(String),
    /// 400 `{"error": …, "error_description": …}`.
    InvalidInput(&'static str, Cow<'static, str>),
    /// 409: what is asked for is there already, in Keycloak's words for what its database refused.
    Duplicate,
    /// 412 `{"errorMessage": …}`: what something refers to is not there.
    Precondition(String),
    /// 415.
    UnsupportedMediaType,
    /// 413.
    TooLarge,
    /// 408.
    Slow,
    /// 500 `{"errorMessage": …}`: something outside did not do its part (a mail server).
    Outside(String),
    /// 501: Keycloak has it, this server does not.
    NotOffered(&'static str),
    /// Ours.
    Fault(Fault),
}

impl AdminError {
    /// 404 with a fixed text.
    pub(crate) const fn not_found(text: &'static str) -> Self {
        Self::NotFound(Cow::Borrowed(text))
    }

    /// 400 with a fixed text.
    pub(crate) const fn invalid(text: &'static str) -> Self {
        Self::Invalid(Cow::Borrowed(text))
    }

    /// Whether the whole request may be run again: another transaction got in between.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_conflict())
    }

    /// The answer.
    pub(crate) fn response(&self, cx: &Cx) -> Response<Body> {
        let one = |status, name: &str, text: &str| respond::json_of(status, &json!({ name: text }));
        match self {
            Self::Unauthorized => {
                let mut response = respond::plain_error(StatusCode::UNAUTHORIZED, "HTTP 401 Unauthorized");
                // RFC 9110 §11.6.1: a 401 says how to come in.
                let challenge = HeaderValue::from_static("Bearer");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                response
            }
            Self::Forbidden => respond::plain_error(StatusCode::FORBIDDEN, "HTTP 403 Forbidden"),
            Self::ForbiddenFor(text) => one(StatusCode::FORBIDDEN, "error", text),
            Self::NotFound(text) => respond::plain_error(StatusCode::NOT_FOUND, text),
            Self::MissingMessage(text) => one(StatusCode::NOT_FOUND, "errorMessage", text),
            Self::Conflict(text) => one(StatusCode::CONFLICT, "errorMessage", text),
            Self::ConflictOf(text) => respond::json_of(
                StatusCode::CONFLICT,
                &json!({ "error": "conflict", "error_description": text }),
            ),
            Self::Precondition(text) => one(StatusCode::PRECONDITION_FAILED, "errorMessage", text),
            Self::Invalid(text) => one(StatusCode::BAD_REQUEST, "errorMessage", text),
            Self::InvalidField(body) => respond::json_of(StatusCode::BAD_REQUEST, body),
            Self::BadRequest(text) => one(StatusCode::BAD_REQUEST, "error", text),
            Self::InvalidInput(error, description) => respond::json_of(
                StatusCode::BAD_REQUEST,
                &json!({ "error": error, "error_description": description }),
            ),
            Self::Duplicate => respond::json_of(
                StatusCode::CONFLICT,
                &json!({ "error": "conflict", "error_description": "Duplicate resource error" }),
            ),
            Self::UnsupportedMediaType => respond::plain_error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The content-type header value did not match the value in @Consumes",
            ),
            Self::TooLarge => respond::plain_error(StatusCode::PAYLOAD_TOO_LARGE, "request too large"),
            Self::Slow => respond::plain_error(StatusCode::REQUEST_TIMEOUT, "request took too long to arrive"),
            Self::Outside(text) => one(StatusCode::INTERNAL_SERVER_ERROR, "errorMessage", text),
            Self::NotOffered(what) => respond::json_of(
                StatusCode::NOT_IMPLEMENTED,
                &json!({ "error": "not_implemented", "error_description": format!("Keyward does not offer {what}") }),
            ),
            Self::Fault(fault) => ours(fault, cx),
        }
    }
}

fn ours(fault: &Fault, cx: &Cx) -> Response<Body> {
    match fault {
        Fault::Unavailable(_) | Fault::Conflict(_) => respond::fault(fault, cx),
        // A name that was taken between the look and the write.
        Fault::Exists(what) => respond::json_of(
            StatusCode::CONFLICT,
            &json!({ "error": "conflict", "error_description": format!("There is {what} already") }),
        ),
        Fault::Corrupt(_) | Fault::Crypto(_) => {
            let request_id = cx.request_id();
            tracing::error!(request_id, "{fault}");
            respond::json_of(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({
                    "error": "unknown_error",
                    "error_description": format!("For more on this error consult the server log. Request {request_id}"),
                }),
            )
        }
    }
}

impl From<Fault> for AdminError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
