//! What the admin API answers when it did what was asked.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::http::respond;

/// An answer.
pub(crate) struct Answer(Response<Body>);

impl Answer {
    /// 200 with JSON.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        let mut response = respond::json_of(StatusCode::OK, value);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
        Self(response)
    }

    /// 200 with a text.
    pub(crate) fn text(text: String) -> Self {
        Self::bytes("text/plain;charset=UTF-8", text.into_bytes())
    }

    /// 200 with bytes of a fixed type.
    pub(crate) fn bytes(content_type: &'static str, bytes: Vec<u8>) -> Self {
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(response)
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// A status without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self(response)
    }

    /// 201 with `Location`, by [`super::AdminCall::url`].
    pub(crate) fn created(location: &str) -> Self {
        let mut answer = Self::empty(StatusCode::CREATED);
        if let Ok(value) = HeaderValue::from_str(location) {
            answer.0.headers_mut().insert(LOCATION, value);
        }
        answer
    }

    /// 201 with `Location` and JSON.
    pub(crate) fn created_with(location: &str, value: &impl Serialize) -> Self {
        let mut answer = Self::json(value);
        *answer.0.status_mut() = StatusCode::CREATED;
        if let Ok(value) = HeaderValue::from_str(location) {
            answer.0.headers_mut().insert(LOCATION, value);
        }
        answer
    }

    /// The same answer with something more: a cookie.
    pub(crate) fn edited(mut self, edit: impl FnOnce(&mut Response<Body>)) -> Self {
        edit(&mut self.0);
        self
    }

    pub(super) fn into_response(self) -> Response<Body> {
        self.0
    }
}
