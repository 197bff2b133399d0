//! An API that says what it was sent.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// An API on a port of its own, until the test ends. Each answer is 200 with the head of the request in its body.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(|| talk(stream));
            }
        });
        Self { address }
    }
}

fn talk(mut stream: TcpStream) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(end) = end else {
            let mut chunk = [0; 4096];
            let length = stream.read(&mut chunk).ok().filter(|length| *length > 0)?;
            bytes.extend_from_slice(&chunk[..length]);
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes.clear();
        let length = head.len();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{head}");
        stream.write_all(answer.as_bytes()).ok()?;
    }
}
