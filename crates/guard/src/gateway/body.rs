//! Bodies on their way: never held, watched for standing still.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::patience::Patience;
use super::progress::{Failure, Progress};
use super::stalled::Held;
use super::upstream::http1::Lease;

/// Why a body does not go on. The text says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// Longer than a body may be.
    #[error("the body is too long")]
    TooLarge,
    /// It stands still, or comes too slowly.
    #[error("the body takes too long")]
    Slow,
    /// The connection broke, or the framing.
    #[error("the body broke off")]
    Broken,
}

/// The body of a request, on its way to the upstream. Trailers are left out (RFC 9110 §6.5.1 lets everybody do that):
/// programs that merge them into the headers would take them for what the guard has said.
pub(crate) enum RequestBody {
    Empty,
    Streaming(Box<Upload>),
}

/// A body that has bytes.
pub(crate) struct Upload {
    incoming: Incoming,
    progress: Arc<Progress>,
    patience: Patience,
    received: u64,
    limits: UploadLimits,
}

/// What a client must keep to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UploadLimits {
    /// Most bytes.
    pub(crate) most: u64,
    /// How long it may stand still.
    pub(crate) timeout: Duration,
    /// Least bytes per second while it is waited for; 0 for any.
    pub(crate) rate: u32,
}

impl RequestBody {
    /// Wraps what comes from a client. `None` is the progress of a request without a body.
    pub(crate) fn new(incoming: Incoming, limits: UploadLimits) -> (Self, Option<Arc<Progress>>) {
        if incoming.is_end_stream() {
            return (Self::Empty, None);
        }
        let progress = Arc::new(Progress::new());
        let upload = Upload {
            incoming,
            progress: Arc::clone(&progress),
            patience: Patience::default(),
            received: 0,
            limits,
        };
        (Self::Streaming(Box::new(upload)), Some(progress))
    }
}

impl Upload {
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            match Pin::new(&mut self.incoming).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    let Ok(data) = frame.into_data() else { continue };
                    self.came();
                    self.received = self.received.saturating_add(data.len() as u64);
                    if self.received > self.limits.most {
                        return self.fail(BodyError::TooLarge, Failure::TooLarge);
                    }
                    return Poll::Ready(Some(Ok(data)));
                }
                Poll::Ready(Some(Err(_))) => return self.fail(BodyError::Broken, Failure::Broken),
                Poll::Ready(None) => {
                    self.came();
                    return Poll::Ready(None);
                }
                Poll::Pending => {
                    self.progress.waits(true);
                    let Self {
                        patience,
                        progress,
                        limits,
                        received,
                        ..
                    } = self;
                    let over = if progress.is_answered() {
                        patience.poll_over(cx, |_, since| progress.last().max(since) + limits.timeout)
                    } else {
                        patience.poll_over(cx, |waited, since| since + limits.allowed(*received, waited))
                    };
                    return match over {
                        Poll::Ready(()) => self.fail(BodyError::Slow, Failure::Slow),
                        Poll::Pending => Poll::Pending,
                    };
                }
            }
        }
    }

    fn came(&mut self) {
        self.patience.moved();
        self.progress.moved();
        self.progress.waits(false);
    }

    fn fail(&self, error: BodyError, failure: Failure) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.progress.fail(failure);
        Poll::Ready(Some(Err(error)))
    }
}

impl UploadLimits {
    /// How much longer a client may be waited for that has sent so much and was waited for so long already.
    fn allowed(&self, received: u64, waited: Duration) -> Duration {
        if self.rate == 0 {
            return self.timeout;
        }
        let earned = Duration::from_millis(received.saturating_mul(1000) / u64::from(self.rate));
        (self.timeout.saturating_add(earned))
            .saturating_sub(waited)
            .min(self.timeout)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Streaming(upload) => upload.poll_data(cx).map(|data| data.map(|data| data.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Streaming(upload) => upload.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Streaming(upload) => upload.incoming.size_hint(),
        }
    }
}

/// The body of an answer.
pub(crate) enum ResponseBody {
    /// One that the gateway gives itself.
    Own(Option<Bytes>),
    /// The upstream's.
    Upstream(Download),
    /// The upstream's, on a stream whose reader may stop without a word.
    Held(Held),
}

/// A body on its way from the upstream, trailers included.
pub(crate) struct Download {
    incoming: Incoming,
    /// The connection that it comes on, until it has come to its end.
    lease: Option<Lease>,
    /// The progress of the request, when it has a body: as long as that comes, the answer may wait.
    progress: Option<Arc<Progress>>,
    patience: Patience,
    timeout: Duration,
    /// When a piece was handed on, until the next is asked for.
    handed: Option<Instant>,
    /// Its place among the requests under way.
    _place: OwnedSemaphorePermit,
}

impl ResponseBody {
    pub(crate) fn own(bytes: Bytes) -> Self {
        Self::Own(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

impl Download {
    pub(crate) fn new(
        incoming: Incoming,
        lease: Option<Lease>,
        progress: Option<Arc<Progress>>,
        timeout: Duration,
        place: OwnedSemaphorePermit,
    ) -> Self {
        let mut download = Self {
            incoming,
            lease,
            progress,
            patience: Patience::default(),
            timeout,
            handed: None,
            _place: place,
        };
        download.give_back_at_end();
        download
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.incoming.is_end_stream()
    }

    /// Whether a piece was handed on longer ago than `limit`, and nobody has asked for the next.
    pub(crate) fn has_waited_for(&self, limit: Duration) -> bool {
        self.handed.is_some_and(|handed| handed.elapsed() > limit)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.handed = None;
        match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.handed = Some(Instant::now());
                self.patience.moved();
                if let Some(progress) = &self.progress {
                    progress.moved();
                }
                self.give_back_at_end();
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                tracing::debug!("the body of an answer broke off: {error}");
                Poll::Ready(Some(Err(BodyError::Broken)))
            }
            Poll::Ready(None) => {
                self.give_back();
                Poll::Ready(None)
            }
            Poll::Pending => {
                let Self {
                    patience,
                    progress,
                    timeout,
                    ..
                } = self;
                let over = patience.poll_over(cx, |_, since| {
                    let last = progress.as_ref().map_or(since, |progress| progress.last().max(since));
                    last + *timeout
                });
                over.map(|()| {
                    tracing::debug!("the body of an answer stood still for too long");
                    Some(Err(BodyError::Slow))
                })
            }
        }
    }

    fn give_back_at_end(&mut self) {
        if self.incoming.is_end_stream() {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Own(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Upstream(download) => download.poll(cx),
            Self::Held(held) => match &mut *held.lock().unwrap_or_else(PoisonError::into_inner) {
                Some(download) => download.poll(cx),
                None => Poll::Ready(Some(Err(BodyError::Slow))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(bytes) => bytes.is_none(),
            Self::Upstream(download) => download.is_at_end(),
            Self::Held(held) => {
                let held = held.lock().unwrap_or_else(PoisonError::into_inner);
                held.as_ref().is_some_and(Download::is_at_end)
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Upstream(download) => download.incoming.size_hint(),
            Self::Held(held) => {
                let held = held.lock().unwrap_or_else(PoisonError::into_inner);
                held.as_ref()
                    .map(|download| download.incoming.size_hint())
                    .unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn limits(rate: u32) -> UploadLimits {
        UploadLimits {
            most: u64::MAX,
            timeout: Duration::from_secs(10),
            rate,
        }
    }

    #[test]
    fn who_sends_enough_may_go_on_and_who_drips_may_not() {
        let secs = Duration::from_secs;
        assert_eq!(limits(100).allowed(0, secs(0)), secs(10));
        // A byte a second, waited for all the time: the ten seconds of grace are all it gets.
        assert_eq!(limits(100).allowed(9, secs(9)), Duration::from_millis(1090));
        assert_eq!(limits(100).allowed(11, secs(11)), secs(0));
        // As much as is asked for: never longer than the timeout at once.
        assert_eq!(limits(100).allowed(100_000, secs(60)), secs(10));
        assert_eq!(limits(0).allowed(0, secs(1000)), secs(10));
    }
}
