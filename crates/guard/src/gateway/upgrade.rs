//! A connection that turns into a WebSocket: from then on bytes go through as they are. RFC 9110 §7.8, RFC 6455 §4
//!
//! Nothing else may be upgraded to: HTTP/2 in clear (`h2c`) would carry requests that nobody has judged.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderName, Method, Request, Version};
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional_with_sizes};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{sleep, sleep_until};

use super::progress::Progress;

/// What is read ahead of a slow reader, in bytes and each direction.
const BUFFER: usize = 16 * 1024;

/// Whether a client wants to speak WebSocket. RFC 6455 §4.1
pub(crate) fn is_wanted(request: &Request<Incoming>) -> bool {
    request.version() == Version::HTTP_11
        && request.method() == Method::GET
        && request.body().is_end_stream()
        && names(request.headers(), &CONNECTION, "upgrade")
        && is_websocket(request.headers())
}

/// Whether it is WebSocket, and it alone, that a head speaks of.
pub(crate) fn is_websocket(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(UPGRADE).iter();
    let first = values
        .next()
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    first && values.next().is_none()
}

fn names(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|found| found.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// What ends tunnels.
#[derive(Clone)]
pub(crate) struct Tunnels {
    pub(crate) stop: watch::Receiver<bool>,
    /// How long they get at shutdown.
    pub(crate) drain: Duration,
    /// Each tunnel holds a clone: who waits for the other end to close waits for all.
    pub(crate) alive: mpsc::Sender<Infallible>,
}

impl Tunnels {
    /// Carries bytes both ways as soon as both sides have switched, until one has said its last word or both are silent
    /// for `timeout`.
    pub(crate) fn dig(&self, client: OnUpgrade, upstream: OnUpgrade, timeout: Duration, place: OwnedSemaphorePermit) {
        let Self { stop, drain, alive } = self.clone();
        tokio::spawn(async move {
            let _held = (alive, place);
            tokio::select! {
                ended = carry(client, upstream, timeout) => {
                    if let Err(error) = ended {
                        tracing::debug!("a tunnel broke: {error}");
                    }
                }
                () = stopped(stop, drain) => tracing::debug!("a tunnel was cut off at shutdown"),
            }
        });
    }
}

async fn carry(client: OnUpgrade, upstream: OnUpgrade, timeout: Duration) -> io::Result<()> {
    let progress = Arc::new(Progress::new());
    let both = async { tokio::try_join!(client, upstream) };
    let (client, upstream) = tokio::time::timeout(timeout, both)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        .map_err(io::Error::other)?;
    let mut client = TokioIo::new(client);
    let mut upstream = Watched {
        io: TokioIo::new(upstream),
        progress: Arc::clone(&progress),
    };
    tokio::select! {
        ended = copy_bidirectional_with_sizes(&mut client, &mut upstream, BUFFER, BUFFER) => ended.map(drop),
        () = silence(&progress, timeout) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Ends when nothing has moved for `timeout`.
async fn silence(progress: &Progress, timeout: Duration) {
    loop {
        let until = progress.last() + timeout;
        sleep_until(until).await;
        if progress.last() + timeout <= until {
            return;
        }
    }
}

/// Ends some time after everything was told to stop.
async fn stopped(mut stop: watch::Receiver<bool>, drain: Duration) {
    drop(stop.wait_for(|stop| *stop).await);
    sleep(drain).await;
}

/// One side of a tunnel; every byte passes here, whichever way it goes.
struct Watched<T> {
    io: T,
    progress: Arc<Progress>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        if read.is_ready() {
            self.progress.moved();
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        if written.is_ready() {
            self.progress.moved();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_websocket_is_upgraded_to() {
        for (values, wanted) in [
            (&["websocket"][..], true),
            (&["WebSocket"], true),
            (&["h2c"], false),
            (&["websocket, h2c"], false),
            (&["websocket", "h2c"], false),
            (&["h2c", "websocket"], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(UPGRADE, HeaderValue::from_static(value));
            }
            assert_eq!(is_websocket(&headers), wanted, "{values:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_counted_from_the_last_byte() {
        let progress = Progress::new();
        let began = tokio::time::Instant::now();
        let talking = async {
            for _ in 0..3 {
                sleep(Duration::from_secs(4)).await;
                progress.moved();
            }
        };
        tokio::join!(talking, silence(&progress, Duration::from_secs(5)));
        assert_eq!(began.elapsed().as_secs(), 17);
    }
}
