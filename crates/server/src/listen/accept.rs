//! Accepting connections and letting go of them: one loop for every port.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutWriter;

/// Rest after the system could not give a connection.
const BACK_OFF: Duration = Duration::from_millis(50);

/// A connection whose writes fail once the other side has taken nothing for the time of [`Limits`].
pub(super) type Stream = Pin<Box<TimeoutWriter<TcpStream>>>;

/// What a port allows.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Most connections at a time; more wait in the system's queue.
    pub(super) connections: usize,
    /// How long a write may make no progress, and how long requests under way get at shutdown.
    pub(super) patience: Duration,
}

/// Hands each connection to `serve` until `stop` turns true, then lets requests under way finish. Connections that are
/// not done within `limits.patience` after that are dropped.
pub(super) async fn run<S>(
    listener: TcpListener,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
    serve: impl Fn(Stream, IpAddr, Watcher) -> S,
) where
    S: Future<Output = ()> + Send + 'static,
{
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            // What has ended is forgotten at once, and may have left room for what could not be accepted.
            Some(_ended) = connections.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let connection = serve(limited(stream, limits.patience), peer, graceful.watcher());
        connections.spawn(async move {
            let _place = place;
            connection.await;
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.patience, graceful.shutdown())
        .await
        .is_err()
    {
        let secs = limits.patience.as_secs();
        tracing::warn!("some requests did not finish in {secs} s and were cut off");
    }
}

/// The next connection, with its place among those that are allowed.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, IpAddr, OwnedSemaphorePermit) {
    loop {
        match try_accept(listener, places).await {
            Ok(accepted) => return accepted,
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to end instead of spinning.
                tracing::warn!("cannot accept: {error}");
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
}

async fn try_accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // It fails only where the other side has gone already, which the first read will tell.
    let _gone = stream.set_nodelay(true);
    Ok((stream, peer.ip(), place))
}

/// Without it, whoever asks and reads no answer would hold the connection for ever. It lies below TLS, so that it
/// counts what the network took; a timer runs only while a write waits.
fn limited(stream: TcpStream, patience: Duration) -> Stream {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(patience));
    Box::pin(stream)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);
    const LONG: Duration = Duration::from_secs(10);

    /// A port that sends back one byte of each connection, or for ever what nobody asked for.
    async fn echo(connections: usize, flood: bool) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let limits = Limits {
            connections,
            patience: SHORT,
        };
        let serve = move |mut stream: Stream, _, watcher: Watcher| async move {
            let _watcher = watcher;
            while flood && stream.write_all(&[0; 4096]).await.is_ok() {}
            if let Ok(byte) = stream.read_u8().await {
                let _sent = stream.write_u8(byte).await;
            }
        };
        (address, stop, tokio::spawn(run(listener, limits, stopped, serve)))
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_until_another_ends() {
        let (address, _stop, _port) = echo(1, false).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_u8(2).await.unwrap();
        assert!(timeout(SHORT, second.read_u8()).await.is_err());
        first.write_u8(1).await.unwrap();
        assert_eq!(first.read_u8().await.unwrap(), 1);
        assert_eq!(timeout(LONG, second.read_u8()).await.unwrap().unwrap(), 2);
    }

    #[tokio::test]
    async fn a_stop_drops_what_does_not_end_and_the_port() {
        let (address, stop, port) = echo(8, false).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        tokio::time::sleep(SHORT).await;
        stop.send_replace(true);
        timeout(LONG, port).await.unwrap().unwrap();
        assert_eq!(timeout(LONG, silent.read(&mut [0; 1])).await.unwrap().unwrap(), 0);
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_write_that_nobody_takes_fails() {
        let (address, _stop, _port) = echo(1, true).await;
        let mut deaf = TcpStream::connect(address).await.unwrap();
        deaf.write_u8(1).await.unwrap();
        // The only place is free again when the writes to the first have failed.
        let mut second = TcpStream::connect(address).await.unwrap();
        assert!(timeout(LONG, second.read_u8()).await.unwrap().is_ok());
    }
}
