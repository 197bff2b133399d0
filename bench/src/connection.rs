use std::net::SocketAddr;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Failure;

/// An HTTP/1.1 connection that sends requests written beforehand and reads answers with a `Content-Length`.
///
/// Far less than a client library does, so that one core asks faster than another core can answer.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

/// One answer, borrowed from the connection's buffer.
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    head: &'c [u8],
    pub(crate) body: &'c [u8],
}

/// Where an answer's parts lie in the buffer, known once its head is there.
struct Head {
    status: u16,
    body_at: usize,
    end: usize,
}

const CAPACITY: usize = 64 * 1024;
const LEAST_SPACE: usize = 8 * 1024;

impl Connection {
    /// Connects, without delay of small segments.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| format!("cannot connect to {address}: {error}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: BytesMut::with_capacity(CAPACITY),
        })
    }

    /// Sends one request and reads its answer whole.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let mut head = None;
        let head = loop {
            if self.buffer.capacity() - self.buffer.len() < LEAST_SPACE {
                self.buffer.reserve(CAPACITY);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection in the middle of an answer".into());
            }
            if head.is_none() {
                head = Head::parse(&self.buffer)?;
            }
            match &head {
                Some(head) if self.buffer.len() > head.end => return Err("bytes after the end of an answer".into()),
                Some(head) if self.buffer.len() == head.end => break head,
                _ => {}
            }
        };
        let (before, body) = self.buffer.split_at_checked(head.body_at).unwrap_or_default();
        Ok(Answer {
            status: head.status,
            head: before,
            body,
        })
    }
}

impl Answer<'_> {
    /// The values of a header, in their order.
    pub(crate) fn header<'n>(&self, name: &'n str) -> impl Iterator<Item = &str> + use<'_, 'n> {
        let lines = self.head.split(|&byte| byte == b'\n').skip(1);
        lines
            .filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'))
            .filter(move |(its, _)| its.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The body of an answer with status 200; any other answer as a failure that shows its beginning.
    pub(crate) fn ok(&self) -> Result<&[u8], Failure> {
        if self.status == 200 {
            return Ok(self.body);
        }
        Err(self.unexpected())
    }

    /// Whether the status is this one; any other answer is a failure that shows its beginning.
    pub(crate) fn expect(&self, status: u16) -> Result<(), Failure> {
        if self.status == status {
            return Ok(());
        }
        Err(self.unexpected())
    }

    /// A failure that shows the beginning of the answer.
    pub(crate) fn unexpected(&self) -> Failure {
        let beginning: String = String::from_utf8_lossy(self.body).chars().take(300).collect();
        format!("status {}: {beginning}", self.status).into()
    }
}

impl Head {
    /// `None` while the empty line has not arrived.
    fn parse(buffer: &[u8]) -> Result<Option<Self>, Failure> {
        let Some(length) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            return Ok(None);
        };
        let mut lines = buffer
            .get(..length)
            .unwrap_or_default()
            .split(|&byte| byte == b'\n')
            .map(<[u8]>::trim_ascii);
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix(b"HTTP/1.1 "))
            .and_then(|rest| rest.get(..3));
        let status = status
            .and_then(decimal)
            .and_then(|status| u16::try_from(status).ok())
            .ok_or("not an HTTP/1.1 answer")?;
        // 204 has no body and says no length (RFC 9110 §8.6).
        let length_of_body = lines
            .find_map(content_length)
            .or((status == 204).then_some(0))
            .ok_or("an answer without Content-Length")?;
        let body_at = length + 4;
        Ok(Some(Self {
            status,
            body_at,
            end: body_at.saturating_add(length_of_body),
        }))
    }
}

fn content_length(line: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let (name, value) = line.split_at_checked(NAME.len())?;
    if name.eq_ignore_ascii_case(NAME) {
        decimal(value.trim_ascii())
    } else {
        None
    }
}

fn decimal(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_status_and_length_whatever_the_case() {
        let head = Head::parse(b"HTTP/1.1 401 Unauthorized\r\nA: b\r\nContent-LENGTH: 12\r\n\r\n{}")
            .unwrap()
            .unwrap();
        assert_eq!((head.status, head.body_at, head.end), (401, 55, 67));
    }

    #[test]
    fn an_answer_without_content_has_no_length() {
        let head = Head::parse(b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n")
            .unwrap()
            .unwrap();
        assert_eq!((head.status, head.body_at, head.end), (204, 33, 33));
    }

    #[test]
    fn waits_for_the_whole_head() {
        assert!(
            Head::parse(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n")
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn gives_every_value_of_a_header() {
        let answer = Answer {
            status: 303,
            head: b"HTTP/1.1 303 See Other\r\nset-cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nx: y\r\n\r\n",
            body: b"",
        };
        let cookies: Vec<&str> = answer.header("set-cookie").collect();
        assert_eq!(cookies, ["a=1; Path=/", "b=2"]);
        assert!(answer.ok().is_err());
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for answer in [
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 2\r\n\r\n",
        ] {
            assert!(Head::parse(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
