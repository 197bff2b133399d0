//! HTTP/1.1 by hand: one request, one connection.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header, if it is there exactly once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// All headers of a name.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.lines().skip(1).filter_map(move |line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Sends a request and reads the answer.
pub(crate) fn exchange(stream: &mut (impl Read + Write), request: &str) -> Answer {
    stream.write_all(request.as_bytes()).unwrap();
    stream.flush().unwrap();
    read(stream)
}

/// Reads an answer: its head, then `content-length` bytes.
fn read(stream: &mut impl Read) -> Answer {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let mut chunk = [0; 4096];
        let length = stream.read(&mut chunk).unwrap();
        assert!(
            length > 0,
            "the connection ended in {:?}",
            String::from_utf8_lossy(&bytes)
        );
        bytes.extend_from_slice(&chunk[..length]);
    };
    let body = bytes.split_off(head_end + 4);
    let head = String::from_utf8(bytes).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer {
        status,
        head,
        body: String::new(),
    };
    let length: usize = answer
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = body;
    let there = body.len();
    body.resize(length, 0);
    stream.read_exact(&mut body[there..]).unwrap();
    answer.body = String::from_utf8(body).unwrap();
    answer
}

/// The text of a request that is the only one on its connection.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        text.push_str("host: 127.0.0.1\r\n");
    }
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    if method == "POST" {
        let length = body.len();
        write!(
            text,
            "content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n"
        )
        .unwrap();
    }
    text.push_str("\r\n");
    text.push_str(body);
    text
}

/// A POST whose connection may break: `None` when there was no whole answer.
pub(crate) fn try_post(address: SocketAddr, path: &str, form: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    stream.write_all(request("POST", path, &[], form).as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let answer = Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head: head.to_owned(),
        body: body.to_owned(),
    };
    let length = answer.header("content-length")?.parse::<usize>().ok()?;
    (length == answer.body.len()).then_some(answer)
}

pub(crate) fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    exchange(&mut connect(address), &request("GET", path, headers, ""))
}

pub(crate) fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
    exchange(&mut connect(address), &request("POST", path, headers, form))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// The value of `Authorization` for a client and its secret.
pub(crate) fn basic(client_id: &str, secret: &str) -> String {
    format!("Basic {}", base64(&format!("{client_id}:{secret}")))
}

pub(crate) fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let sign = if at > chunk.len() {
                b'='
            } else {
                ALPHABET[bits >> (18 - 6 * at) & 63]
            };
            out.push(char::from(sign));
        }
    }
    out
}

#[test]
fn base64_is_padded() {
    assert_eq!(base64("a:b"), "YTpi");
    assert_eq!(base64("ab:c"), "YWI6Yw==");
    assert_eq!(base64("ab:cd"), "YWI6Y2Q=");
}
