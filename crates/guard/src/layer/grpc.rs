//! Refusals in gRPC's form: a status in the headers, and nothing after them. gRPC over HTTP/2, "Responses",
//! `Trailers-Only`

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

const GRPC: &str = "application/grpc";
const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Whether gRPC asks: `application/grpc`, or with a codec as `application/grpc+proto`. gRPC-Web has trailers of its own
/// and is not meant.
pub(super) fn asked(headers: &HeaderMap) -> bool {
    let rest = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.as_bytes().split_at_checked(GRPC.len()))
        .filter(|(name, _)| name.eq_ignore_ascii_case(GRPC.as_bytes()))
        .map(|(_, rest)| rest.first());
    matches!(rest, Some(None | Some(b'+' | b';' | b' ')))
}

/// The same answer for gRPC. The challenge, the request's id and what is left of the limits stay, as metadata.
pub(super) fn translate(response: Response<Bytes>) -> Response<Bytes> {
    let (mut parts, _) = response.into_parts();
    let (code, message) = code(parts.status);
    parts.status = StatusCode::OK;
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(GRPC));
    parts.headers.insert(STATUS, HeaderValue::from(code));
    parts.headers.insert(MESSAGE, HeaderValue::from_static(message));
    Response::from_parts(parts, Bytes::new())
}

/// gRPC's code for a status of the guard, and a word for people. gRPC "Status codes and their use in gRPC"
const fn code(status: StatusCode) -> (u16, &'static str) {
    match status.as_u16() {
        400 => (3, "the request cannot be read in one way only"),
        401 => (16, "the call is not authenticated"),
        403 => (7, "the caller may not do this"),
        // Nor is there one where the guard answers itself.
        200..=299 | 404 | 405 => (12, "there is no such method"),
        429 => (8, "too many requests"),
        503 => (14, "callers cannot be checked at the moment"),
        _ => (13, "the server is set up wrongly"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_grpc() {
        for (content_type, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/gRPC;x=y", true),
            ("application/grpc-web+proto", false),
            ("application/grpcx", false),
            ("application/json", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]);
            assert_eq!(asked(&headers), expected, "{content_type}");
        }
        assert!(!asked(&HeaderMap::new()));
    }

    #[test]
    fn every_status_of_the_guard_has_a_code() {
        for reason in crate::Reason::ALL {
            let status = StatusCode::from_u16(reason.outward().status).unwrap();
            assert_ne!(code(status).0, 13, "{}", reason.code());
            assert_ne!(code(status).0, 0, "{}", reason.code());
        }
    }
}
