//! The way of records to where they are written.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use keyward_observe::audit::{AuditQueue, DEFAULT_CAPACITY, Line};
use keyward_observe::guard::GuardMetrics;

use crate::config::audit::AuditSettings;
use crate::failure::Failure;

/// How long the last records get to be written: a full pipe must not hold the process up for ever.
const FLUSH: Duration = Duration::from_secs(2);

/// A queue and the thread that empties it.
pub(super) struct Trail {
    queue: Arc<AuditQueue<Line>>,
    thread: JoinHandle<()>,
}

impl Trail {
    /// Starts it; nothing when nobody wants records.
    pub(super) fn start(audit: &AuditSettings, metrics: &GuardMetrics) -> Result<Option<Self>, Failure> {
        let losses = metrics.losses();
        let Some(writer) = audit.writer(&losses)? else {
            return Ok(None);
        };
        let queue = Arc::new(AuditQueue::new(DEFAULT_CAPACITY, losses));
        let thread = queue.spawn(vec![writer]).map_err(|error| Failure::runtime(&error))?;
        Ok(Some(Self { queue, thread }))
    }

    pub(super) fn queue(&self) -> Arc<AuditQueue<Line>> {
        Arc::clone(&self.queue)
    }

    /// Lets what waits be written.
    pub(super) async fn end(self) {
        self.queue.close();
        let flushed = tokio::task::spawn_blocking(move || self.thread.join());
        let _ended = tokio::time::timeout(FLUSH, flushed).await;
    }
}
