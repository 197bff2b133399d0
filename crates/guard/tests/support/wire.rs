//! A client that writes its bytes itself: what it sends is what the vector says.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use keyward_guard::testing::vectors::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything takes that works.
const STUCK: Duration = Duration::from_secs(20);

/// What came back.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request as bytes.
pub(crate) fn bytes(request: &Request) -> Vec<u8> {
    if let Some(raw) = &request.raw {
        return raw.as_bytes().to_vec();
    }
    let mut out = head(&request.method, &request.target, request.host.as_deref());
    for (name, value) in &request.headers {
        field(&mut out, name.as_str(), value.as_bytes());
    }
    out
}

/// The first lines of a request.
pub(crate) fn head(method: &Method, target: &str, host: Option<&str>) -> Vec<u8> {
    let mut out = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    if let Some(host) = host {
        field(&mut out, "host", host.as_bytes());
    }
    out
}

/// One more line.
pub(crate) fn field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Sends a request that has no end yet, or one that has, and reads the whole answer.
pub(crate) async fn exchange(address: SocketAddr, mut request: Vec<u8>) -> Response {
    if !request.windows(4).any(|end| end == b"\r\n\r\n") {
        request.extend_from_slice(b"connection: close\r\n\r\n");
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever refuses a long head may do so before it has ended.
    let _ = stream.write_all(&request).await;
    let mut answer = Vec::new();
    let read = timeout(STUCK, async {
        let mut chunk = vec![0; 16 * 1024];
        while let Ok(read) = stream.read(&mut chunk).await {
            answer.extend_from_slice(&chunk[..read]);
            if read == 0 || is_whole(&answer, &request) {
                break;
            }
        }
    });
    read.await.unwrap();
    parse(&answer, &request)
}

/// Whether nothing more will come, although the connection stays open.
fn is_whole(answer: &[u8], request: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") else {
        return false;
    };
    let response = parse(answer, request);
    if request.starts_with(b"HEAD ") || response.status == StatusCode::NO_CONTENT {
        return true;
    }
    let length = response
        .headers
        .get("content-length")
        .and_then(|value| value.to_str().ok());
    length
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| answer.len() >= end + 4 + length)
}

fn parse(answer: &[u8], request: &[u8]) -> Response {
    let text = String::from_utf8_lossy(request);
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer to {:.400}: {:?}", text, String::from_utf8_lossy(answer)));
    let head = str::from_utf8(&answer[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers: HeaderMap = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value.trim()).unwrap())
        })
        .collect();
    let body = &answer[end + 4..];
    let chunked = headers.get("transfer-encoding").is_some_and(|value| value == "chunked");
    Response {
        status: status.parse().unwrap(),
        body: if chunked { unchunked(body) } else { body.to_vec() }.into(),
        headers,
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|end| end == b"\r\n") {
        let length = usize::from_str_radix(str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        let Some(chunk) = body.get(end + 2..end + 2 + length) else {
            break;
        };
        whole.extend_from_slice(chunk);
        body = body.get(end + 4 + length..).unwrap_or_default();
    }
    whole
}
