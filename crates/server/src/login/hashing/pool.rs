//! Threads of low priority behind a bounded queue.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use keyward_domain::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

mod held;

use held::{HandOver, Held, Others};

pub(super) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// The queue has no place left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

struct Shared {
    queue: Mutex<Queue>,
    work_or_end: Condvar,
    capacity: usize,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<(Timestamp, Box<dyn Job>)>,
    /// How many threads wait for a job.
    idle: usize,
    ended: bool,
}

trait Job: Send {
    /// Nobody waits for the result any more.
    fn is_abandoned(&self) -> bool;
    /// Does it, unless it is abandoned. What hands over the result may be called later.
    fn run(self: Box<Self>) -> Option<HandOver>;
}

struct Work<T, F> {
    work: F,
    done: oneshot::Sender<Done<T>>,
}

/// What became of a job, and what came with it: that arrives when this is dropped, read or not.
pub(super) struct Done<T> {
    result: T,
    others: Others,
}

impl<T> Done<T> {
    pub(super) fn into_result(self) -> T {
        drop(self.others);
        self.result
    }
}

impl Pool {
    pub(super) fn start(threads: usize, capacity: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            work_or_end: Condvar::new(),
            capacity,
        });
        let mut pool = Self {
            shared,
            threads: Vec::with_capacity(threads),
        };
        for _ in 0..threads {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::Builder::new()
                .name("keyward-argon2".to_owned())
                .spawn(move || shared.work())?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Queues `work`. The receiver gets its result, or an error if it panicked; when the receiver is dropped before a
    /// thread took the work, it is not done.
    pub(super) fn submit<T, F>(&self, work: F, now: Timestamp) -> Result<oneshot::Receiver<Done<T>>, Full>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (done, result) = oneshot::channel();
        let mut queue = self.shared.lock();
        if queue.jobs.len() >= self.shared.capacity {
            // Clients that hung up must not keep others out.
            queue.jobs.retain(|(_, job)| !job.is_abandoned());
        }
        if queue.jobs.len() >= self.shared.capacity {
            return Err(Full);
        }
        queue.jobs.push_back((now, Box::new(Work { work, done })));
        drop(queue);
        self.shared.work_or_end.notify_one();
        Ok(result)
    }

    pub(super) fn waiting(&self) -> usize {
        self.shared.lock().jobs.len()
    }

    /// The instant that the longest waiting job was submitted with.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.shared.lock().jobs.front().map(|(since, _)| *since)
    }
}

/// Waits for the jobs that run, at most one per thread; the others are dropped undone.
impl Drop for Pool {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.ended = true;
        queue.jobs.clear();
        drop(queue);
        self.shared.work_or_end.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn work(&self) {
        lower_priority();
        let mut held = Held::default();
        while let Some(job) = self.next(&mut held) {
            let begun = Instant::now();
            held.begin(begun);
            // The thread outlives a job that panics; whoever waits for it sees its sender dropped.
            let result = catch_unwind(AssertUnwindSafe(|| job.run())).unwrap_or_default();
            held.end(result, begun, Instant::now());
        }
    }

    /// The next job. No result waits for the last one in the queue, or begins to wait while a thread is idle.
    fn next(&self, held: &mut Held) -> Option<Box<dyn Job>> {
        let (job, is_storm) = {
            let mut queue = self.lock();
            (queue.jobs.pop_front(), !queue.jobs.is_empty() && queue.idle == 0)
        };
        if !is_storm {
            held.hand_over();
        }
        job.map(|(_, job)| job).or_else(|| self.wait())
    }

    fn wait(&self) -> Option<Box<dyn Job>> {
        let mut queue = self.lock();
        loop {
            if queue.ended {
                return None;
            }
            if let Some((_, job)) = queue.jobs.pop_front() {
                return Some(job);
            }
            queue.idle += 1;
            queue = self.work_or_end.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.idle -= 1;
        }
    }

    /// No job runs under the lock, so a panic leaves the queue whole.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + 'static, F: FnOnce() -> T + Send> Job for Work<T, F> {
    fn is_abandoned(&self) -> bool {
        self.done.is_closed()
    }

    fn run(self: Box<Self>) -> Option<HandOver> {
        if self.is_abandoned() {
            return None;
        }
        let Self { work, done } = *self;
        let result = work();
        Some(Box::new(move |others| {
            // Where nobody waits any more, it comes back and is dropped here.
            drop(done.send(Done { result, others }));
        }))
    }
}

/// Nice 15 for the calling thread: on Linux a priority belongs to a thread, whatever the call is named. Under load the
/// requests' threads then get some thirty times the share. Elsewhere it would slow the whole process, so nothing is
/// done.
pub(crate) fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 15) {
        tracing::debug!(%error, "a thread for slow work keeps its priority");
    }
}

#[cfg(test)]
mod tests;
