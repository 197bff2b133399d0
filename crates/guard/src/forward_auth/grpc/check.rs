//! From Envoy's question to the verdict.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::messages::{CheckRequest, CheckResponse, HttpRequest};
use super::response;
use crate::forward_auth::answer;
use crate::forward_auth::asked::{Asked, Unreadable};
use crate::guard::Guard;

/// Answers a question.
pub(super) async fn check(guard: &Guard, question: CheckRequest) -> CheckResponse {
    let read = read(&question).and_then(|(http, client)| Ok((asked(http, client)?, headers(http)?)));
    let (asked, headers) = match read {
        Ok(read) => read,
        Err(unreadable) => return refuse(unreadable),
    };
    let mut decision = guard.check(asked.view(&headers)).await;
    match guard.response(&mut decision, &headers) {
        Some(refusal) => response::denied(refusal),
        None => response::leave(guard, &decision, &headers),
    }
}

/// The answer to a question that cannot be read. It is a refusal and no failure of gRPC's: Envoy may have been told to
/// let requests in when the guard fails, and whoever can make a question unreadable would be let in.
pub(super) fn refuse(Unreadable(part): Unreadable) -> CheckResponse {
    tracing::warn!(
        part,
        "a question of Envoy's is refused: a part is missing or cannot be read"
    );
    response::denied(answer::unreadable())
}

/// The client's request, and who is connected to Envoy.
fn read(question: &CheckRequest) -> Result<(&HttpRequest, IpAddr), Unreadable> {
    let attributes = question.attributes.as_ref().ok_or(Unreadable("attributes"))?;
    let request = attributes.request.as_ref().and_then(|request| request.http.as_ref());
    let source = attributes.source.as_ref().and_then(|source| source.address.as_ref());
    let address = source.and_then(|address| address.socket_address.as_ref());
    let client = address.and_then(|address| str::from_utf8(&address.address).ok()?.parse().ok());
    Ok((
        request.ok_or(Unreadable("request.http"))?,
        client.ok_or(Unreadable("source.address"))?,
    ))
}

fn asked(http: &HttpRequest, client: IpAddr) -> Result<Asked<'_>, Unreadable> {
    Ok(Asked {
        method: Method::from_bytes(&http.method).map_err(|_| Unreadable("method"))?,
        target: str::from_utf8(&http.path).map_err(|_| Unreadable("path"))?,
        host: str::from_utf8(&http.host).map_err(|_| Unreadable("host"))?,
        client,
    })
}

/// The client's headers. Those of HTTP/2's own (`:path`) are not the client's.
fn headers(http: &HttpRequest) -> Result<HeaderMap, Unreadable> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &[u8], value: &[u8]| {
        if name.starts_with(b":") {
            return Ok(());
        }
        let name = HeaderName::from_bytes(name).map_err(|_| Unreadable("headers"))?;
        let value = HeaderValue::from_bytes(value).map_err(|_| Unreadable("headers"))?;
        headers
            .try_append(name, value)
            .map(drop)
            .map_err(|_| Unreadable("headers"))
    };
    for header in &http.headers {
        add(&header.key, &header.value)?;
    }
    for header in http.header_map.iter().flat_map(|raw| &raw.headers) {
        let value = if header.raw_value.is_empty() {
            &header.value
        } else {
            &header.raw_value
        };
        add(&header.key, value)?;
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward_auth::grpc::messages::{Joined, RawHeader, RawHeaders};

    fn joined(key: &'static [u8], value: &'static [u8]) -> Joined {
        Joined {
            key: key.into(),
            value: value.into(),
        }
    }

    #[test]
    fn headers_as_they_came_or_joined() {
        let raw = |raw: &'static [u8]| RawHeader {
            key: b"authorization"[..].into(),
            raw_value: raw.into(),
            ..RawHeader::default()
        };
        let http = HttpRequest {
            headers: vec![joined(b":path", b"/"), joined(b"x-a", b"1,2")],
            header_map: Some(RawHeaders {
                headers: vec![raw(b"Bearer a"), raw(b"Bearer b")],
            }),
            ..HttpRequest::default()
        };
        let headers = headers(&http).unwrap();
        assert_eq!(headers.len(), 3);
        assert_eq!(headers.get_all("authorization").iter().count(), 2);
        assert_eq!(headers["x-a"], "1,2");
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for (name, value) in [
            (&b"x y"[..], &b"1"[..]),
            (b"x-a", b"1\r\nx-b: 2"),
            (b"", b"1"),
            (b"x-\xff", b"1"),
            (b"x-a", b"\x00"),
        ] {
            let http = HttpRequest {
                headers: vec![joined(name, value)],
                ..HttpRequest::default()
            };
            assert_eq!(headers(&http).unwrap_err(), Unreadable("headers"), "{name:?}");
        }
    }
}
