//! Password hashes on threads of their own.
//!
//! A hash takes a core for some 15 ms. On the runtime's threads, or on as many threads as there are logins, a storm of
//! logins would stop everything else. Here there is one thread per core at low priority, so that tokens win over
//! logins, and a bounded queue before them, so that a storm is refused early rather than answered late. In a storm
//! results go on together. Memory is bounded too: threads times the 7 MiB of one hash.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use keyward_domain::secret::Secret;
use keyward_domain::{Entropy, Timestamp};
use keyward_jose::password::{self, Memory, PasswordError};

mod pool;

use pool::Pool;
pub(crate) use pool::lower_priority;

/// Jobs that may wait for each thread: half a second of hashing.
const QUEUE_PER_THREAD: usize = 32;

thread_local! {
    /// What the hashes of one of the threads work in.
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// Hashes and compares passwords. One per process, shared by everything that needs a hash; its threads end when it is
/// dropped.
pub struct PasswordHashing {
    pool: Pool,
    /// The hash of no password, with today's parameters.
    nobody: Arc<str>,
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the password.
    pub matches: bool,
    /// Whether the hash has other parameters than new ones and should be renewed when the password matched.
    pub outdated: bool,
}

/// Why there is no verdict and no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// The queue is full: try again in some seconds.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The stored hash cannot be read, or there is no memory.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The job died.
    #[error("hashing a password panicked")]
    Panicked,
}

impl PasswordHashing {
    /// Starts one thread per core and makes the hash that [`Self::verify_nobody`] compares with. Fails when the system
    /// gives no thread or no memory.
    pub fn start(entropy: &mut dyn Entropy) -> io::Result<Self> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        Self::with(threads, threads * QUEUE_PER_THREAD, entropy)
    }

    fn with(threads: usize, queue: usize, entropy: &mut dyn Entropy) -> io::Result<Self> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let password = keyward_domain::entropy::secret(entropy);
        let nobody = password::hash(password.expose(), &salt).map_err(io::Error::other)?;
        Ok(Self {
            pool: Pool::start(threads, queue)?,
            nobody: nobody.into(),
        })
    }

    /// Whether `password` is the one behind the PHC string `phc`. `now` is the request's instant. If the returned
    /// future is dropped, the work is not done.
    pub async fn verify(&self, phc: Arc<str>, password: Secret, now: Timestamp) -> Result<Verdict, HashingError> {
        let nobody = Arc::clone(&self.nobody);
        let work = move || MEMORY.with_borrow_mut(|memory| compare(&phc, &nobody, &password, memory));
        self.run(work, now).await?
    }

    /// Takes the time of [`Self::verify`] and finds nothing: for an unknown user or a locked account, which the answer's
    /// time must not give away.
    pub async fn verify_nobody(&self, password: Secret, now: Timestamp) -> Result<(), HashingError> {
        self.verify(Arc::clone(&self.nobody), password, now).await.map(|_| ())
    }

    /// The PHC string of a new password. `salt` is 16 fresh random bytes.
    pub async fn hash(&self, password: Secret, salt: [u8; 16], now: Timestamp) -> Result<String, HashingError> {
        let work = move || MEMORY.with_borrow_mut(|memory| memory.hash(password.expose(), &salt));
        Ok(self.run(work, now).await??)
    }

    /// Jobs that wait for a thread.
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }

    /// Milliseconds since the request came whose job has waited longest; 0 when none waits.
    pub fn oldest_waiting_millis(&self, now: Timestamp) -> i64 {
        self.pool.oldest().map_or(0, |since| now.millis_since(since).max(0))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        now: Timestamp,
    ) -> Result<T, HashingError> {
        let done = self.pool.submit(work, now).map_err(|pool::Full| HashingError::Busy)?;
        let done = done.await.map_err(|_| HashingError::Panicked)?;
        Ok(done.into_result())
    }
}

impl fmt::Debug for PasswordHashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHashing").finish_non_exhaustive()
    }
}

fn compare(phc: &str, nobody: &str, password: &Secret, memory: &mut Memory) -> Result<Verdict, HashingError> {
    let found = memory
        .verify(password.expose(), phc)
        .and_then(|matches| password::is_outdated(phc).map(|outdated| Verdict { matches, outdated }));
    if found.is_err() {
        // An unreadable hash must not answer sooner than a good one: it would show that the user exists.
        memory.verify(password.expose(), nobody)?;
    }
    Ok(found?)
}

#[cfg(test)]
mod tests;
