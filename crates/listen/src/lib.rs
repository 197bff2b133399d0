//! Accepting HTTP connections, with or without TLS, and letting go of them at shutdown. The authorization server and
//! the gateway both stand behind it; it knows nothing of either.
//!
//! [`serve`] takes a port, what it allows ([`Options`]) and a function from a request to an answer.
#![warn(missing_docs)]

use std::io;
use std::net::{IpAddr, SocketAddr};

use bytes::Buf;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use self::options::{HalfClosed, Options, PerAddress, Upgrades};

mod accept;
mod connection;
mod options;
mod places;
pub mod redirect;
mod stream;
pub mod tls;

/// The other side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who is connected: a proxy, when one stands in front.
    pub address: IpAddr,
    /// Whether TLS was spoken with them.
    pub tls: bool,
}

/// Binds a port.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves HTTP/1.1 and HTTP/2 until `stop` turns true, then lets requests under way finish. Each answer comes from
/// `service`.
pub async fn serve<S, F, B>(
    listener: TcpListener,
    options: Options,
    tls: Option<tls::Certificates>,
    stop: watch::Receiver<bool>,
    service: S,
) where
    S: Fn(Request<Incoming>, Peer) -> F + Clone + Send + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data: Buf + Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let speaker = connection::Speaker::new(&options);
    let speak = |stream, address, watcher| {
        let acceptor = tls.as_ref().map(tls::Certificates::acceptor);
        speaker
            .clone()
            .speak(stream, address, acceptor, service.clone(), watcher)
    };
    accept::run(listener, &options, stop, speak).await;
}
