//! Reading a form from a request (RFC 6749 §3.2).

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::params::MAX_FORM_BYTES;

use super::respond;
use crate::app::App;

/// How much of an oversize body is still read, and thrown away: a connection that is closed over unread bytes is
/// reset, and the client never sees why.
const DRAINED_BYTES: usize = 1024 * 1024;

/// How long that goes on.
const DRAINED_FOR: Duration = Duration::from_secs(1);

/// A body that says it is longer than this is not even begun.
const LONGEST_DRAINED: u64 = (DRAINED_BYTES + MAX_FORM_BYTES) as u64;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// Longer than a form may be.
    TooLarge,
    /// It did not arrive in time.
    Slow,
    /// The connection broke, or the framing.
    Broken,
}

impl BodyError {
    pub(crate) fn answer(self) -> Response<Body> {
        let (status, text) = match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "request too large"),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "request took too long to arrive"),
            Self::Broken => (StatusCode::BAD_REQUEST, "request body is incomplete"),
        };
        respond::error_with_status(status, ErrorCode::InvalidRequest, text)
    }
}

/// The bytes of a form. A body of another type counts as an empty form, so that the caller is told which parameter
/// is missing, as Keycloak tells it. Nothing is read from the query: credentials there are never honoured.
pub(crate) async fn form(app: &App, headers: &HeaderMap, mut body: Body) -> Result<Bytes, BodyError> {
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(is_form);
    if body.size_hint().lower() > LONGEST_DRAINED {
        return Err(BodyError::TooLarge);
    }
    let limited = Limited::new(&mut body, MAX_FORM_BYTES);
    let limit = Duration::from_secs(app.settings.request_timeout_secs);
    let bytes = match tokio::time::timeout(limit, limited.collect()).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let _in_time = tokio::time::timeout(DRAINED_FOR, drain(&mut body)).await;
            return Err(BodyError::TooLarge);
        }
        Ok(Err(_)) => return Err(BodyError::Broken),
        Err(_) => return Err(BodyError::Slow),
    };
    Ok(if is_form { bytes } else { Bytes::new() })
}

async fn drain(body: &mut Body) {
    let mut drained = 0;
    while drained < DRAINED_BYTES
        && let Some(Ok(frame)) = body.frame().await
    {
        drained += frame.data_ref().map_or(0, Bytes::len);
    }
}

fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
