//! What the two directions of an exchange know of each other.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How far an exchange has come whose request has a body.
pub(crate) struct Progress {
    begun: Instant,
    /// When a byte moved last, in milliseconds since it began.
    last: AtomicU64,
    answered: AtomicBool,
    /// Whether the client owes the next piece of the request.
    waits: AtomicBool,
    failure: AtomicU8,
}

/// Why the body of a request ended early. It is the client's doing, so that the upstream is not to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    TooLarge = 1,
    Slow = 2,
    Broken = 3,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            last: AtomicU64::new(0),
            answered: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            failure: AtomicU8::new(0),
        }
    }

    /// A byte moved, in either direction.
    pub(crate) fn moved(&self) {
        let millis = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(millis, Ordering::Relaxed);
    }

    /// The client is waited for, or not any more.
    pub(crate) fn waits(&self, waits: bool) {
        self.waits.store(waits, Ordering::Relaxed);
    }

    /// Until when an upstream may be silent that may be so for `limit`; nothing while it waits for the client as we do.
    pub(crate) fn deadline(&self, limit: Duration) -> Instant {
        let last = if self.waits.load(Ordering::Relaxed) {
            Instant::now()
        } else {
            self.last()
        };
        last + limit
    }

    /// When a byte moved last.
    pub(crate) fn last(&self) -> Instant {
        self.begun + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// The answer has begun.
    pub(crate) fn answered(&self) {
        self.moved();
        self.answered.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    pub(crate) fn fail(&self, failure: Failure) {
        self.failure.store(failure as u8, Ordering::Release);
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.failure.load(Ordering::Acquire) {
            1 => Some(Failure::TooLarge),
            2 => Some(Failure::Slow),
            3 => Some(Failure::Broken),
            _ => None,
        }
    }
}
