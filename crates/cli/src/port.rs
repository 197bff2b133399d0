//! A small port beside the server: it has the limits of the others, since whoever reaches it could hold it too.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use keyward_listen::{HalfClosed, Options, Peer, Upgrades};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

/// How long the head of a request may take to arrive, and an answer to find no reader.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest request head in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Serves until it is dropped, at most `most` connections at a time. Handlers find the other side in
/// `ConnectInfo<SocketAddr>`; its port is not known.
pub(crate) async fn serve(router: Router, listener: TcpListener, most: usize) {
    serve_for(PATIENCE, router, listener, most).await;
}

async fn serve_for(patience: Duration, router: Router, listener: TcpListener, most: usize) {
    let options = Options {
        max_connections: most,
        per_address: None,
        request_timeout: patience,
        drain: patience,
        max_head: MAX_HEAD,
        half_closed: HalfClosed::Answered,
        upgrades: Upgrades::Refused,
    };
    let answer = move |request: Request<_>, peer: Peer| {
        let mut request = request.map(Body::new);
        let from = SocketAddr::new(peer.address, 0);
        request.extensions_mut().insert(ConnectInfo(from));
        let answered = router.clone().oneshot(request);
        async move {
            match answered.await {
                Ok(response) => response,
            }
        }
    };
    // Nobody tells it to stop: it is there for as long as the rest is.
    let (_stop, stopped) = watch::channel(false);
    keyward_listen::serve(listener, options, None, stopped, answer).await;
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::time::timeout;

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);
    const STUCK: Duration = Duration::from_secs(20);

    async fn port(patience: Duration, most: usize) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let who = get(async |ConnectInfo(from): ConnectInfo<SocketAddr>| from.ip().to_string());
        tokio::spawn(serve_for(patience, Router::new().route("/who", who), listener, most));
        address
    }

    /// All that the other side says until it closes.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut bytes = Vec::new();
        let _end = timeout(STUCK, stream.read_to_end(&mut bytes)).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[tokio::test]
    async fn handlers_know_who_is_connected() {
        let mut stream = TcpStream::connect(port(STUCK, 1).await).await.unwrap();
        let request = b"GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n127.0.0.1"), "{answer}");
    }

    #[tokio::test]
    async fn who_says_nothing_or_never_ends_holds_no_place() {
        let address = port(SHORT, 1).await;
        for said in ["", "GET /who HTTP/1.1\r\nHost:"] {
            let mut slow = TcpStream::connect(address).await.unwrap();
            slow.write_all(said.as_bytes()).await.unwrap();
            let told = rest(&mut slow).await;
            assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{told}");
        }
    }

    #[tokio::test]
    async fn one_connection_too_many_waits() {
        let address = port(STUCK, 1).await;
        let first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        let request = b"GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        second.write_all(request).await.unwrap();
        assert!(timeout(SHORT, second.peek(&mut [0; 1])).await.is_err());
        drop(first);
        assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
}
