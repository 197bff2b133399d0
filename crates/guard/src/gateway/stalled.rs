//! Answers whose reader has stopped reading.
//!
//! Over HTTP/1.1 a write that nobody takes fails, and the answer goes with it. A stream of HTTP/2 may stay open without
//! room for another byte for as long as its client likes, and nobody asks its body for more: it is found here, and what
//! it holds of the upstream is given free.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::body::Download;

/// A body that is read by its stream, and taken away when the stream has stopped.
pub(crate) type Held = Arc<Mutex<Option<Download>>>;

/// The bodies on streams of HTTP/2.
#[derive(Default)]
pub(crate) struct Readers(Mutex<Vec<Weak<Mutex<Option<Download>>>>>);

impl Readers {
    /// Keeps an eye on a body.
    pub(crate) fn watch(&self, download: Download) -> Held {
        let held = Arc::new(Mutex::new(Some(download)));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Arc::downgrade(&held));
        held
    }

    /// Takes away every body of which a piece has waited for its reader for longer than `limit`.
    pub(crate) fn sweep(&self, limit: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|body| {
            let Some(held) = body.upgrade() else { return false };
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            if held.as_ref().is_some_and(|download| download.has_waited_for(limit)) {
                tracing::debug!("the reader of an answer has stopped reading");
                *held = None;
            }
            held.is_some()
        });
    }
}
