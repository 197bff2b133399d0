//! A client that writes its bytes itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::timeout;

use super::STUCK;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// A header that is there once or not at all.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} is there twice: {self:?}");
        value
    }

    /// The problem in its body.
    pub(crate) fn problem(&self) -> serde_json::Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a head and reads the answer. Lines of `head` are those of a request, without the last.
pub(crate) async fn exchange(address: SocketAddr, head: &str) -> Answer {
    exchange_from(IpAddr::V4(Ipv4Addr::LOCALHOST), address, head).await
}

/// The same from another address of this machine.
pub(crate) async fn exchange_from(from: IpAddr, address: SocketAddr, head: &str) -> Answer {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from, 0)).unwrap();
    talk(socket.connect(address).await.unwrap(), head).await
}

/// The same over a connection that is open.
pub(crate) async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, head: &str) -> Answer {
    let head = head.trim().replace('\n', "\r\n");
    let request = format!("{head}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let read = timeout(STUCK, stream.read_to_end(&mut bytes)).await.expect("an answer");
    // Some close with a reset, after the answer.
    assert!(read.is_ok() || !bytes.is_empty(), "{read:?} after {head}");
    parse(&String::from_utf8_lossy(&bytes))
}

/// `GET` of a target at a host with some headers.
pub(crate) async fn get(address: SocketAddr, target: &str, headers: &[(&str, &str)]) -> Answer {
    let first = format!("GET {target} HTTP/1.1\nhost: api.example.com");
    let lines = headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let head: Vec<String> = std::iter::once(first).chain(lines).collect();
    exchange(address, &head.join("\n")).await
}

fn parse(text: &str) -> Answer {
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let is_chunked = headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Answer {
        status,
        body: if is_chunked { unchunked(body) } else { body.to_owned() },
        headers,
    }
}

fn unchunked(mut text: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = text.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        whole += &rest[..length];
        text = rest[length..].trim_start_matches("\r\n");
    }
    whole
}
