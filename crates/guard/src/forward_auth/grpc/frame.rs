//! gRPC's framing of one message: five bytes before it, a status after it. gRPC over HTTP/2

use std::convert::Infallible;
use std::future::{Ready, ready};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use http_body_util::combinators::WithTrailers;
use http_body_util::{BodyExt as _, Full};
use prost::Message;

const GRPC: &str = "application/grpc";
const STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The body of an answer.
pub(in super::super) type Body = WithTrailers<Full<Bytes>, Ready<Option<Result<HeaderMap, Infallible>>>>;

/// Why there is no answer. gRPC "Status codes and their use in gRPC"
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    DeadlineExceeded,
    ResourceExhausted,
    Unimplemented,
    Internal,
}

impl Status {
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::DeadlineExceeded => 4,
            Self::ResourceExhausted => 8,
            Self::Unimplemented => 12,
            Self::Internal => 13,
        }
    }
}

/// Whether a request is gRPC.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    value.starts_with(GRPC.as_bytes()) && matches!(value.get(GRPC.len()), None | Some(b'+' | b';'))
}

/// The one message of a body. A compressed one is not understood, as no compression was offered.
pub(super) fn payload(mut body: Bytes) -> Result<Bytes, Status> {
    let compressed = body.try_get_u8().map_err(|_| Status::Internal)?;
    let length = body.try_get_u32().map_err(|_| Status::Internal)?;
    if compressed != 0 {
        return Err(Status::Unimplemented);
    }
    if usize::try_from(length) != Ok(body.len()) {
        return Err(Status::Internal);
    }
    Ok(body)
}

/// An answer of one message.
pub(super) fn message(message: &impl Message) -> Response<Body> {
    let length = message.encoded_len();
    let Ok(length_u32) = u32::try_from(length) else {
        return failure(Status::ResourceExhausted);
    };
    let mut bytes = BytesMut::with_capacity(length + 5);
    bytes.put_u8(0);
    bytes.put_u32(length_u32);
    if message.encode(&mut bytes).is_err() {
        return failure(Status::Internal);
    }
    answer(Full::new(bytes.freeze()), 0)
}

/// An answer without a message.
pub(super) fn failure(status: Status) -> Response<Body> {
    answer(Full::default(), status.code())
}

fn answer(body: Full<Bytes>, status: u16) -> Response<Body> {
    let trailers = HeaderMap::from_iter([(STATUS, HeaderValue::from(status))]);
    let mut response = Response::new(body.with_trailers(ready(Some(Ok(trailers)))));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(GRPC));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_whole_message_and_nothing_else() {
        let read = |bytes: &'static [u8]| payload(Bytes::from_static(bytes));
        assert_eq!(read(&[0, 0, 0, 0, 2, 8, 1]).as_deref(), Ok(&[8, 1][..]));
        assert_eq!(read(&[0, 0, 0, 0, 0]).as_deref(), Ok(&[][..]));
        assert_eq!(read(&[1, 0, 0, 0, 2, 8, 1]), Err(Status::Unimplemented));
        for wrong in [
            &[][..],
            &[0, 0, 0],
            &[0, 0, 0, 0, 2, 8],
            &[0, 0, 0, 0, 1, 8, 1],
            &[0, 255, 255, 255, 255],
        ] {
            assert_eq!(read(wrong), Err(Status::Internal), "{wrong:?}");
        }
    }

    #[test]
    fn what_calls_itself_grpc() {
        for (value, expected) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("text/plain", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert_eq!(is_grpc(&headers), expected, "{value}");
        }
    }
}
