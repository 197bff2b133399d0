//! Clients that see every byte.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::STUCK;

/// An answer, as far as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the framing says that it came whole.
    pub(crate) is_whole: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The `reason` of a problem.
    pub(crate) fn reason(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"], self.status);
        assert_eq!(
            Some(problem["request_id"].as_str().unwrap()),
            self.header("x-request-id")
        );
        problem["reason"].as_str().unwrap().to_owned()
    }
}

/// A connection of HTTP/1.1.
pub(crate) struct Connection<S = TcpStream> {
    stream: S,
    /// What was read too much.
    rest: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self {
            stream,
            rest: Vec::new(),
        }
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        timeout(STUCK, self.stream.write_all(bytes.as_ref()))
            .await
            .unwrap()
            .unwrap();
    }

    /// Writes without asking whether the other side still takes it.
    pub(crate) async fn try_write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        timeout(STUCK, self.stream.write_all(bytes.as_ref()))
            .await
            .unwrap()
            .is_ok()
    }

    /// Reads an answer; nothing when the connection ends without one.
    pub(crate) async fn read(&mut self) -> Option<Answer> {
        let (status, headers) = self.head().await?;
        let value = |name: &str| {
            headers
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        let (body, is_whole) = if status == 101 || status == 204 || status == 304 {
            (Vec::new(), true)
        } else if value("transfer-encoding").as_deref() == Some("chunked") {
            self.chunked().await
        } else if let Some(length) = value("content-length") {
            let length = length.parse().unwrap();
            let whole = self.fill(length).await;
            let length = length.min(self.rest.len());
            (self.rest.drain(..length).collect(), whole)
        } else {
            while self.more().await {}
            (std::mem::take(&mut self.rest), true)
        };
        Some(Answer {
            status,
            headers,
            body,
            is_whole,
        })
    }

    /// Reads the head of an answer; interim ones are passed over.
    pub(crate) async fn head(&mut self) -> Option<(u16, Vec<(String, String)>)> {
        loop {
            let end = loop {
                if let Some(end) = self.rest.windows(4).position(|window| window == b"\r\n\r\n") {
                    break end;
                }
                if !self.more().await {
                    return None;
                }
            };
            let head = String::from_utf8(self.rest.drain(..end + 4).collect()).unwrap();
            let mut lines = head.trim_end().split("\r\n");
            let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
            if status != 100 {
                let headers = lines.filter_map(|line| line.split_once(": "));
                let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
                return Some((status, headers.collect()));
            }
        }
    }

    /// Reads that many bytes; fewer when the connection ends.
    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        self.fill(count).await;
        let count = count.min(self.rest.len());
        self.rest.drain(..count).collect()
    }

    /// Reads and throws away what comes, at most `count` bytes. Returns how many came.
    pub(crate) async fn swallow(&mut self, count: u64) -> u64 {
        let mut came = self.rest.len() as u64;
        self.rest.clear();
        let mut buffer = vec![0; 64 * 1024];
        while came < count {
            match timeout(STUCK, self.stream.read(&mut buffer)).await.unwrap() {
                Ok(0) | Err(_) => break,
                Ok(read) => came += read as u64,
            }
        }
        came
    }

    /// Whether the other side closes without another byte.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.rest.is_empty() && !self.more().await
    }

    async fn chunked(&mut self) -> (Vec<u8>, bool) {
        let mut body = Vec::new();
        loop {
            let Some(line) = self.line().await else {
                return (body, false);
            };
            let length = usize::from_str_radix(&line, 16).unwrap();
            if length == 0 {
                // Trailers.
                while self.line().await.is_some_and(|line| !line.is_empty()) {}
                return (body, true);
            }
            if !self.fill(length + 2).await {
                body.append(&mut self.rest);
                return (body, false);
            }
            body.extend(self.rest.drain(..length));
            self.rest.drain(..2);
        }
    }

    pub(crate) async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.rest.windows(2).position(|window| window == b"\r\n") {
                let line = self.rest.drain(..end + 2).take(end).collect();
                return Some(String::from_utf8(line).unwrap());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn fill(&mut self, count: usize) -> bool {
        while self.rest.len() < count {
            if !self.more().await {
                return false;
            }
        }
        true
    }

    async fn more(&mut self) -> bool {
        let mut buffer = vec![0; 16 * 1024];
        match timeout(STUCK, self.stream.read(&mut buffer)).await.unwrap() {
            Ok(0) | Err(_) => false,
            Ok(read) => {
                self.rest.extend_from_slice(&buffer[..read]);
                true
            }
        }
    }
}

/// One request on a connection of its own.
pub(crate) async fn sent(address: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    let mut connection = Connection::open(address).await;
    connection.write(request).await;
    connection.read().await.expect("an answer")
}

/// A `GET`, with header lines.
pub(crate) async fn get(address: SocketAddr, path: &str, lines: &str) -> Answer {
    sent(
        address,
        format!("GET {path} HTTP/1.1\r\nHost: api.example.com\r\n{lines}\r\n"),
    )
    .await
}

/// A connection of HTTP/2 in clear.
pub(crate) async fn http2(address: SocketAddr) -> SendRequest<UnsyncBoxBody<Bytes, std::io::Error>> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}
