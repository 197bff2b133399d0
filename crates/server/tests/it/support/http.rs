//! HTTP/1.1 by hand: what goes over the wire is what the test wrote, and what comes back is kept whole.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Credentials, Node};

/// After this long a connection counts as stuck.
const STUCK: Duration = Duration::from_secs(20);

/// What every answer carries.
const ALWAYS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "SAMEORIGIN"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'self'"),
];

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            line: format!("{method} {path} HTTP/1.1"),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }

    /// A form of encoded pairs.
    pub(crate) fn form(self, pairs: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        self.raw_form(pairs.join("&"))
    }

    /// A form as it stands.
    pub(crate) fn raw_form(self, form: impl Into<Vec<u8>>) -> Self {
        self.body("application/x-www-form-urlencoded", form)
    }

    /// `client_secret_basic`, both halves form-encoded (RFC 6749 §2.3.1).
    pub(crate) fn basic(self, client: &Credentials) -> Self {
        self.raw_basic(&format!("{}:{}", encode(&client.client_id), encode(&client.secret)))
    }

    /// `Basic` with whatever text.
    pub(crate) fn raw_basic(self, text: &str) -> Self {
        let credentials = keyward_jose::digest::b64_encode(text.as_bytes());
        self.header("Authorization", &format!("Basic {credentials}"))
    }

    /// The bytes on the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\nHost: 127.0.0.1\r\n", self.line);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if !self.body.is_empty() || self.line.starts_with("POST") {
            head.extend(["Content-Length: ", &self.body.len().to_string(), "\r\n"]);
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends it over a connection of its own.
    pub(crate) async fn send(self, node: &Node) -> Response {
        let mut connection = Connection::open(node.address).await;
        connection.write(&self.bytes()).await;
        connection.read_for(&self.line).await.unwrap()
    }
}

/// Percent-encodes everything but unreserved characters; a space becomes `+`.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            b' ' => encoded.push('+'),
            byte => encoded.extend([format!("%{byte:02X}")]),
        }
    }
    encoded
}

/// One connection, for tests that send something else than one whole request.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Writes bytes. The server may have hung up already; then the answer tells why.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _hung_up = self.stream.write_all(bytes).await;
    }

    /// Writes bytes a few at a time and stops at the answer: what is written after it resets the connection.
    pub(crate) async fn drip(&mut self, bytes: &[u8]) -> Option<Response> {
        for piece in bytes.chunks(1024) {
            self.write(piece).await;
            let answer = self.stream.read_buf(&mut self.buffer);
            if timeout(Duration::from_millis(2), answer).await.is_ok() {
                break;
            }
        }
        self.read().await
    }

    /// Says that nothing more comes, and keeps listening.
    pub(crate) async fn half_close(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// The next answer; `None` when the server closed the connection.
    pub(crate) async fn read(&mut self) -> Option<Response> {
        self.read_for("").await
    }

    /// Whether the server closed the connection, leaving nothing behind.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.buffer.is_empty() && !self.fill().await
    }

    async fn read_for(&mut self, line: &str) -> Option<Response> {
        let end = loop {
            match self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) => break end,
                None if self.fill().await => {}
                None => return None,
            }
        };
        let head = String::from_utf8(self.buffer.drain(..end + 4).collect()).unwrap();
        let mut response = Response::parse(&head);
        let bodiless = line.starts_with("HEAD") || matches!(response.status, 100..=199 | 204 | 304);
        let length = response
            .header("content-length")
            .map_or(0, |text| text.parse().unwrap());
        if !bodiless {
            while self.buffer.len() < length {
                assert!(self.fill().await, "the answer ends early: {head}");
            }
            response.body = self.buffer.drain(..length).collect();
        }
        Some(response)
    }

    async fn fill(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.buffer);
        let read = timeout(STUCK, read)
            .await
            .unwrap_or_else(|_| panic!("the connection is stuck"));
        read.is_ok_and(|count| count > 0)
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    fn parse(head: &str) -> Self {
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap();
                (name.to_ascii_lowercase(), value.trim().to_owned())
            })
            .collect();
        Self {
            status,
            headers,
            body: Vec::new(),
        }
    }

    /// The only header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice: {self:?}");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A member of the body.
    pub(crate) fn member(&self, name: &str) -> String {
        let value = &self.json()[name];
        value
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
            .to_owned()
    }

    /// The headers are these, beside those that every answer has: no more, no less, each once.
    #[track_caller]
    pub(crate) fn assert_headers(&self, expected: &[(&str, &str)]) {
        let of_this_answer = ["date", "content-length", "x-request-id"];
        let mut found: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !of_this_answer.contains(name))
            .collect();
        let mut expected = [expected, &ALWAYS].concat();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        for name in of_this_answer {
            assert!(
                self.header(name).is_some_and(|value| !value.is_empty()),
                "no {name}: {self:?}"
            );
        }
    }

    /// An OAuth error, whole.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, error: &str, description: &str) {
        let body = serde_json::json!({ "error": error, "error_description": description });
        assert_eq!((self.status, self.json()), (status, body));
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("pragma"), Some("no-cache"));
    }
}
