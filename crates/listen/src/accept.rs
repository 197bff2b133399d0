//! Accepting connections and letting go of them: one loop for every port.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::options::Options;
use crate::places::{Addresses, Place};
use crate::stream::Stream;

/// Rest after the system could not give a connection.
const BACK_OFF: Duration = Duration::from_millis(50);

/// Hands each connection to `serve` until `stop` turns true, then lets requests under way finish. Connections that are
/// not done within `options.drain` after that are dropped.
pub(crate) async fn run<S>(
    listener: TcpListener,
    options: &Options,
    mut stop: watch::Receiver<bool>,
    serve: impl Fn(Stream, IpAddr, Watcher) -> S,
) where
    S: Future<Output = ()> + Send + 'static,
{
    let port = Port {
        listener,
        places: Arc::new(Semaphore::new(options.max_connections)),
        addresses: options.per_address.clone().map(Addresses::new),
        patience: options.request_timeout,
    };
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = port.accept() => accepted,
            // What has ended is forgotten at once, and may have left room for what could not be accepted.
            Some(_ended) = connections.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        connections.spawn(serve(stream, peer, graceful.watcher()));
    }
    drop(port);
    if tokio::time::timeout(options.drain, graceful.shutdown()).await.is_err() {
        let secs = options.drain.as_secs();
        tracing::warn!("some requests did not finish in {secs} s and were cut off");
    }
}

struct Port {
    listener: TcpListener,
    places: Arc<Semaphore>,
    addresses: Option<Arc<Addresses>>,
    patience: Duration,
}

impl Port {
    /// The next connection, with its place among those that are allowed.
    async fn accept(&self) -> (Stream, IpAddr) {
        loop {
            match self.try_accept().await {
                Ok(Some(accepted)) => return accepted,
                Ok(None) => {}
                Err(error) => {
                    // Out of file descriptors, mostly: wait for connections to end instead of spinning.
                    tracing::warn!("cannot accept: {error}");
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    }

    /// `None` when the one who called has as many connections as they may.
    async fn try_accept(&self) -> io::Result<Option<(Stream, IpAddr)>> {
        let permit = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let (socket, peer) = self.listener.accept().await?;
        let Some(place) = Place::take(permit, self.addresses.as_ref(), peer.ip()) else {
            tracing::debug!("{} has too many connections", peer.ip());
            return Ok(None);
        };
        // It fails only where the other side has gone already, which the first read will tell.
        let _gone = socket.set_nodelay(true);
        Ok(Some((Stream::new(socket, self.patience, place), peer.ip())))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;
    use crate::options::{HalfClosed, PerAddress, Upgrades};

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_secs(10);

    fn options(max_connections: usize) -> Options {
        Options {
            max_connections,
            per_address: None,
            request_timeout: SHORT,
            drain: SHORT,
            max_head: 8192,
            half_closed: HalfClosed::Dropped,
            upgrades: Upgrades::Refused,
        }
    }

    /// A port that sends back one byte of each connection, or for ever what nobody asked for.
    async fn echo(options: Options, flood: bool) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let serve = move |mut stream: Stream, _, watcher: Watcher| async move {
            let _watcher = watcher;
            while flood && stream.write_all(&[0; 4096]).await.is_ok() {}
            if let Ok(byte) = stream.read_u8().await {
                let _sent = stream.write_u8(byte).await;
            }
        };
        let port = tokio::spawn(async move { run(listener, &options, stopped, serve).await });
        (address, stop, port)
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_until_another_ends() {
        let (address, _stop, _port) = echo(options(1), false).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_u8(2).await.unwrap();
        assert!(timeout(SHORT, second.read_u8()).await.is_err());
        first.write_u8(1).await.unwrap();
        assert_eq!(first.read_u8().await.unwrap(), 1);
        assert_eq!(timeout(LONG, second.read_u8()).await.unwrap().unwrap(), 2);
    }

    #[tokio::test]
    async fn one_connection_too_many_of_an_address_is_closed() {
        let mut options = options(8);
        options.per_address = Some(PerAddress {
            most: 1,
            except: Vec::new(),
        });
        let (address, _stop, _port) = echo(options, false).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        assert!(matches!(
            timeout(LONG, second.read(&mut [0; 1])).await.unwrap(),
            Ok(0) | Err(_)
        ));
        first.write_u8(1).await.unwrap();
        assert_eq!(first.read_u8().await.unwrap(), 1);
        // The place is free only when the server has closed its side.
        assert_eq!(first.read(&mut [0; 1]).await.unwrap(), 0);
        let mut third = TcpStream::connect(address).await.unwrap();
        third.write_u8(3).await.unwrap();
        assert_eq!(timeout(LONG, third.read_u8()).await.unwrap().unwrap(), 3);
    }

    #[tokio::test]
    async fn a_stop_drops_what_does_not_end_and_the_port() {
        let (address, stop, port) = echo(options(8), false).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        tokio::time::sleep(SHORT).await;
        stop.send_replace(true);
        timeout(LONG, port).await.unwrap().unwrap();
        assert_eq!(timeout(LONG, silent.read(&mut [0; 1])).await.unwrap().unwrap(), 0);
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_write_that_nobody_takes_fails() {
        let (address, _stop, _port) = echo(options(1), true).await;
        let mut deaf = TcpStream::connect(address).await.unwrap();
        deaf.write_u8(1).await.unwrap();
        // The only place is free again when the writes to the first have failed.
        let mut second = TcpStream::connect(address).await.unwrap();
        assert!(timeout(LONG, second.read_u8()).await.unwrap().is_ok());
    }
}
