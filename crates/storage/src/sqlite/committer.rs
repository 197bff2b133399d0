//! The thread that commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use keyward_domain::Fault;
use rusqlite::Connection;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::batch::Batch;
use super::checkpoints::Checkpoints;
use super::priority;

/// How nice the thread is. What it writes, its writers wait for; on a core that has more to do, requests that write
/// nothing need not wait for it too. A busy core leaves it a tenth, and it commits more at once then.
const NICE: i32 = 10;

/// The batch, and the thread that commits it when it is woken and free. The lock is fair: whoever waits for it before
/// the thread does rides along.
pub(super) struct Committer {
    batch: Arc<Mutex<Batch>>,
    /// How many wait for the writing connection.
    queue: AtomicUsize,
    /// Whether there is a ticket in the batch that the thread has not looked at. Written by who has the lock.
    asked: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _checkpoints: Checkpoints,
}

impl Committer {
    /// Starts the thread. It ends when this is dropped.
    pub(super) fn start(conn: Connection, checkpoints: Checkpoints) -> Result<Self, Fault> {
        let batch = Arc::new(Mutex::new(Batch::new(conn)));
        let asked = Arc::new(AtomicBool::new(false));
        let ended = Arc::new(AtomicBool::new(false));
        let run = {
            let batch = Arc::clone(&batch);
            let (asked, ended) = (Arc::clone(&asked), Arc::clone(&ended));
            move || {
                priority::lower(NICE);
                while !ended.load(Ordering::Acquire) {
                    thread::park();
                    let mut batch = batch.blocking_lock();
                    asked.store(false, Ordering::Relaxed);
                    batch.commit();
                }
                // A ticket may have come between the last COMMIT and the end.
                batch.blocking_lock().commit();
            }
        };
        let thread = thread::Builder::new()
            .name("sqlite-commit".into())
            .spawn(run)
            .map_err(|error| Fault::Unavailable(format!("the committing thread cannot start: {}", error.kind())))?;
        Ok(Self {
            batch,
            queue: AtomicUsize::new(0),
            asked,
            ended,
            thread: Some(thread),
            _checkpoints: checkpoints,
        })
    }

    /// Waits for the writing connection.
    pub(super) async fn lock(&self) -> OwnedMutexGuard<Batch> {
        let _queued = Queued::of(&self.queue);
        Arc::clone(&self.batch).lock_owned().await
    }

    /// Whether somebody waits for the writing connection.
    pub(super) fn is_waited_for(&self) -> bool {
        self.queue.load(Ordering::Relaxed) > 0
    }

    /// There is a ticket in the batch, whose lock the caller has.
    pub(super) fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Wakes the thread for whoever asked, unless it has committed their ticket.
    pub(super) fn wake(&self) {
        if self.asked.load(Ordering::Relaxed) {
            self.unpark();
        }
    }

    fn unpark(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        // Every transaction holds this, so none is under way and the lock is free.
        self.ended.store(true, Ordering::Release);
        self.unpark();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the committing thread panicked");
        }
    }
}

/// One who waits, counted until this is dropped.
struct Queued<'q>(&'q AtomicUsize);

impl<'q> Queued<'q> {
    fn of(queue: &'q AtomicUsize) -> Self {
        queue.fetch_add(1, Ordering::Relaxed);
        Self(queue)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
