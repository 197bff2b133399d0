//! What the gateway answers itself when a request may pass and the upstream has no answer to it.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode, Version};
use serde::Serialize;

use super::body::ResponseBody;

/// Why there is no answer of the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// `TRACE` sends a request's headers back to who asked, what the guard says to the API among them (RFC 9110 §9.3.8);
    /// `CONNECT` asks for a tunnel to wherever (RFC 9110 §9.3.6).
    Method,
    /// The body came in a coding that is not understood here, or says twice how it came. RFC 9112 §6.1
    Coding,
    /// There is nothing that could be forwarded.
    NoTarget,
    /// The body broke off on the client's side.
    BrokenBody,
    /// The body came too slowly.
    SlowBody,
    /// The body is longer than it may be.
    TooLarge,
    /// As many requests are under way as may be.
    Busy,
    /// The upstream cannot be reached, or what it sent is no answer.
    BadGateway,
    /// The upstream took too long.
    GatewayTimeout,
}

/// RFC 9457 §3.1
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    reason: &'static str,
    request_id: &'a str,
}

impl Trouble {
    /// The stable code in answers, logs and figures.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Method => "not_implemented",
            Self::Coding => "transfer_coding",
            Self::NoTarget => "invalid_request",
            Self::BrokenBody => "broken_body",
            Self::SlowBody => "request_timeout",
            Self::TooLarge => "body_too_large",
            Self::Busy => "busy",
            Self::BadGateway => "bad_gateway",
            Self::GatewayTimeout => "gateway_timeout",
        }
    }

    const fn outward(self) -> (StatusCode, &'static str) {
        match self {
            Self::Method => (StatusCode::NOT_IMPLEMENTED, "The method is not offered here"),
            Self::Coding => (
                StatusCode::NOT_IMPLEMENTED,
                "The transfer coding of the body is not understood here",
            ),
            Self::NoTarget => (StatusCode::BAD_REQUEST, "The request has no path"),
            Self::BrokenBody => (StatusCode::BAD_REQUEST, "The request body is incomplete"),
            Self::SlowBody => (StatusCode::REQUEST_TIMEOUT, "The request took too long to arrive"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Too many requests are under way"),
            Self::BadGateway => (StatusCode::BAD_GATEWAY, "The API gave no answer"),
            Self::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "The API did not answer in time"),
        }
    }

    /// The answer to a request of this version.
    pub(crate) fn response(self, request_id: &HeaderValue, version: Version) -> Response<ResponseBody> {
        let (status, title) = self.outward();
        let problem = Problem {
            r#type: match self {
                Self::Busy => "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
                _ => "about:blank",
            },
            title,
            status: status.as_u16(),
            reason: self.code(),
            request_id: request_id.to_str().unwrap_or("none"),
        };
        let body = Bytes::from(serde_json::to_vec(&problem).unwrap_or_default());
        let mut response = Response::new(ResponseBody::own(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Busy => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            // What is left of the body will not be read, or may be no body: the connection can carry nothing else.
            // RFC 9110 §15.5.9
            Self::Method | Self::Coding | Self::SlowBody | Self::TooLarge | Self::BrokenBody
                if version != Version::HTTP_2 =>
            {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
