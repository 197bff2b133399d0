//! The bounded queue between requests and the readers of what is recorded about them: events of the server, decisions of
//! the guard.

mod entry;
mod losses;
mod waiting;
mod writer;

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keyward_domain::event::{Event, EventSink};

pub use entry::{Entry, Line};
pub use losses::Losses;
use waiting::Waiting;
pub use writer::Writer;

/// Entries that wait at most, unless told otherwise.
pub const DEFAULT_CAPACITY: usize = 8192;

/// How long the first entry of a batch waits for company. Without it the readers' thread would wake for every entry
/// and take its share of the core from requests.
const LINGER: Duration = Duration::from_millis(20);

/// A batch is read in so many parts, unless it is small.
const PARTS: usize = 4;

/// Entries that are always read together, if there are as many.
const SHORT: usize = 64;

/// Reads entries on the queue's thread.
pub trait Reader<E = Event>: Send {
    /// Takes a batch, oldest entry first. It may be slow: then the queue fills and counts what it drops.
    fn read(&mut self, batch: &[E]);
}

/// Takes entries from requests without ever making them wait, and shows them to readers in batches.
///
/// When it is full, a success is dropped, and a failure takes the place of the oldest success; both are counted in
/// [`Losses`]. Memory is bounded by two capacities: one waits while the other is being read.
pub struct AuditQueue<E = Event> {
    waiting: Mutex<Waiting<E>>,
    arrived: Condvar,
    losses: Losses,
}

impl<E: Entry> AuditQueue<E> {
    /// A queue of at most `capacity` entries that counts what it drops in `losses`.
    pub fn new(capacity: usize, losses: Losses) -> Self {
        Self {
            waiting: Mutex::new(Waiting::new(capacity)),
            arrived: Condvar::new(),
            losses,
        }
    }

    /// Starts [`AuditQueue::run`] on a thread of its own. Fails when the system gives no thread.
    pub fn spawn(self: &Arc<Self>, readers: Vec<Box<dyn Reader<E>>>) -> io::Result<JoinHandle<()>> {
        let queue = Arc::clone(self);
        thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || queue.run(readers))
    }

    /// Shows entries to `readers`, in their order, until the queue is closed and empty. It blocks its thread.
    pub fn run(&self, mut readers: Vec<Box<dyn Reader<E>>>) {
        let mut told = self.losses.dropped();
        while let Some(batch) = self.next_batch() {
            let part = batch.len().div_ceil(PARTS).max(SHORT);
            let mut batch = batch.into_iter();
            while batch.len() > 0 {
                let entries: Vec<E> = batch.by_ref().take(part).collect();
                for reader in &mut readers {
                    reader.read(&entries);
                }
                drop(entries);
                // Requests that share the core wait for a part of the batch, not for all of it.
                thread::yield_now();
            }
            let dropped = self.losses.dropped();
            if dropped > told {
                tracing::warn!(
                    dropped = dropped - told,
                    "audit events were dropped because their queue was full"
                );
                told = dropped;
            }
        }
    }

    /// Takes an entry, or the loss of one is counted.
    pub fn push(&self, entry: E) {
        let mut waiting = self.lock();
        let before = (waiting.is_empty(), waiting.is_pressing());
        let lost = waiting.push(entry);
        let wake = before != (waiting.is_empty(), waiting.is_pressing());
        drop(waiting);
        if wake {
            self.arrived.notify_one();
        }
        if let Some(lost) = lost {
            self.losses.drop_one(lost.outcome());
        }
    }

    /// Lets [`AuditQueue::run`] return once it has read what waits. Later entries are counted as dropped.
    pub fn close(&self) {
        self.lock().close();
        self.arrived.notify_all();
    }

    /// Waits for entries; `None` when the queue is closed and empty.
    fn next_batch(&self) -> Option<Vec<E>> {
        let idle = self
            .arrived
            .wait_while(self.lock(), |waiting| waiting.is_empty() && !waiting.is_closed());
        let first = idle.unwrap_or_else(PoisonError::into_inner);
        let lingered = self
            .arrived
            .wait_timeout_while(first, LINGER, |waiting| !waiting.is_pressing() && !waiting.is_closed());
        let (mut waiting, _) = lingered.unwrap_or_else(PoisonError::into_inner);
        let over = waiting.is_empty() && waiting.is_closed();
        let taken = waiting.take();
        drop(waiting);
        (!over).then(|| taken.in_order())
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<E>> {
        // Nothing under the lock leaves the queue half-changed, so a panic elsewhere does not spoil it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for AuditQueue {
    fn record(&self, event: Event) {
        self.push(event);
    }
}

#[cfg(test)]
mod tests;
