//! A connection that turns into a WebSocket: from then on bytes go through as they are. RFC 9110 §7.8, RFC 6455 §4
//!
//! Nothing else may be upgraded to: HTTP/2 in clear (`h2c`) would carry requests that nobody has judged.

use std::convert::Infallible;
use std::future::pending;
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
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, copy_bidirectional_with_sizes};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::progress::Progress;

/// What is read ahead of a slow reader, in bytes and each direction.
const BUFFER: usize = 16 * 1024;

/// How long each side of a tunnel that is closed for them may take to say its last word.
const PARTING: Duration = Duration::from_secs(1);

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
    /// Carries bytes both ways as soon as both sides have switched, until one has said its last word or a bound is met.
    pub(crate) fn dig(&self, client: OnUpgrade, upstream: OnUpgrade, bounds: Bounds, place: OwnedSemaphorePermit) {
        let Self { stop, drain, alive } = self.clone();
        tokio::spawn(async move {
            let _held = (alive, place);
            tokio::select! {
                ended = open(client, upstream, bounds) => {
                    if let Err(error) = ended {
                        tracing::debug!("a tunnel broke: {error}");
                    }
                }
                () = stopped(stop, drain) => tracing::debug!("a tunnel was cut off at shutdown"),
            }
        });
    }
}

/// How long a tunnel is carried on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// While both sides are silent.
    pub(crate) silence: Duration,
    /// However much is said: when the token ends by which it was opened.
    pub(crate) ends: Option<Instant>,
}

async fn open(client: OnUpgrade, upstream: OnUpgrade, bounds: Bounds) -> io::Result<()> {
    let both = async { tokio::try_join!(client, upstream) };
    let (client, upstream) = tokio::time::timeout(bounds.silence, both)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        .map_err(io::Error::other)?;
    carry(TokioIo::new(client), TokioIo::new(upstream), bounds).await
}

/// Carries bytes both ways.
async fn carry<C, U>(mut client: C, upstream: U, bounds: Bounds) -> io::Result<()>
where
    C: AsyncRead + AsyncWrite + Unpin,
    U: AsyncRead + AsyncWrite + Unpin,
{
    let progress = Arc::new(Progress::new());
    let mut upstream = Watched {
        io: upstream,
        progress: Arc::clone(&progress),
    };
    let why = tokio::select! {
        // First, so that no stream of words goes on over it.
        biased;
        () = until(bounds.ends) => "its token has ended",
        () = silence(&progress, bounds.silence) => "nothing was said for too long",
        ended = copy_bidirectional_with_sizes(&mut client, &mut upstream, BUFFER, BUFFER) => return ended.map(drop),
    };
    tracing::debug!("a tunnel is closed: {why}");
    tokio::join!(part(&mut client), part(&mut upstream.io));
    Ok(())
}

/// Says an orderly goodbye and hears the other side out: a connection that is closed over unread bytes is reset, and
/// takes words back that were said before.
async fn part<T: AsyncRead + AsyncWrite + Unpin>(side: &mut T) {
    let parting = async {
        side.shutdown().await?;
        tokio::io::copy(side, &mut tokio::io::sink()).await
    };
    let _in_time = tokio::time::timeout(PARTING, parting).await;
}

async fn until(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => pending().await,
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
    use tokio::io::AsyncReadExt as _;

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

    /// A tunnel in which one side talks and the other answers, for ever; the time at which it ends.
    async fn talked(ends: Option<Duration>, silence: Duration, pause: Duration) -> Duration {
        let began = Instant::now();
        let (mut client, near) = tokio::io::duplex(64);
        let (mut upstream, far) = tokio::io::duplex(64);
        let bounds = Bounds {
            silence,
            ends: ends.map(|after| began + after),
        };
        let tunnel = tokio::spawn(carry(near, far, bounds));
        let echo = tokio::spawn(async move {
            let mut word = [0; 1];
            while upstream.read_exact(&mut word).await.is_ok() && upstream.write_all(&word).await.is_ok() {}
        });
        let mut word = [0; 1];
        while client.write_all(b"x").await.is_ok() {
            // An end, and no error: it was closed in order.
            if client.read(&mut word).await.unwrap() == 0 {
                break;
            }
            sleep(pause).await;
        }
        let lasted = began.elapsed();
        drop(client);
        tunnel.await.unwrap().unwrap();
        echo.await.unwrap();
        lasted
    }

    #[tokio::test(start_paused = true)]
    async fn a_tunnel_that_talks_for_ever_ends_with_its_token() {
        let (silence, pause) = (Duration::from_mins(5), Duration::from_secs(7));
        let lasted = talked(Some(Duration::from_mins(1)), silence, pause).await;
        assert!((60..=67).contains(&lasted.as_secs()), "{lasted:?}");
        let over = talked(Some(Duration::ZERO), silence, pause).await;
        assert_eq!(over.as_secs(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_token_only_silence_ends_it() {
        let lasted = talked(None, Duration::from_secs(5), Duration::from_secs(9)).await;
        assert!((5..=9).contains(&lasted.as_secs()), "{lasted:?}");
        // An introspected token may have no end, which is one that no clock will tell.
        for ends in [None, Some(Duration::from_millis(u64::MAX))] {
            let busy = talked(ends, Duration::from_secs(5), Duration::from_secs(3));
            assert!(tokio::time::timeout(Duration::from_secs(100_000), busy).await.is_err());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_counted_from_the_last_byte() {
        let progress = Progress::new();
        let began = Instant::now();
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
