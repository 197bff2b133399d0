//! Whether the server is asked at all.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use keyward_client::UnixMillis;
use redis::{ErrorKind, ServerErrorKind};

/// How long a server is not asked after it failed. Then one request tries it again, while others go on without it: an
/// outage costs one time-out a second, and not one for each request.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether the shared store works, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedState {
    /// Why it is out of reach; nothing while it works.
    pub down: Option<StoreFailure>,
    /// How often it failed since the start.
    pub failures: u64,
}

/// Why the shared store is out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFailure {
    /// It did not answer in time.
    Timeout,
    /// There is no connection.
    Connection,
    /// It refuses the user or the password.
    Authentication,
    /// It answered with an error, such as that its memory is full.
    Refused,
    /// It answered something else than the script does.
    Malformed,
}

impl StoreFailure {
    pub(super) fn of(error: &redis::RedisError) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        match (error.kind(), error.code()) {
            (ErrorKind::Io, _) => Self::Connection,
            (ErrorKind::AuthenticationFailed | ErrorKind::Server(ServerErrorKind::NoPerm), _)
            | (_, Some("NOAUTH" | "WRONGPASS")) => Self::Authentication,
            (ErrorKind::Parse | ErrorKind::UnexpectedReturnType, _) => Self::Malformed,
            _ => Self::Refused,
        }
    }
}

const FAILURES: [StoreFailure; 5] = [
    StoreFailure::Timeout,
    StoreFailure::Connection,
    StoreFailure::Authentication,
    StoreFailure::Refused,
    StoreFailure::Malformed,
];

#[derive(Debug, Default)]
pub(super) struct Health {
    /// When it is tried again; 0 while it works.
    next_try: AtomicU64,
    /// Which of [`FAILURES`] was the last, counted from 1; 0 while it works.
    down: AtomicU8,
    failures: AtomicU64,
}

impl Health {
    /// Whether this request asks the server.
    pub(super) fn admits(&self, now: UnixMillis) -> bool {
        let next_try = self.next_try.load(Ordering::Acquire);
        if next_try == 0 {
            return true;
        }
        let later = now.plus(PAUSE).0;
        // A time further away than one pause is from before the clock was set back.
        let due = now.0 >= next_try || next_try > later;
        due && self
            .next_try
            .compare_exchange(next_try, later, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    pub(super) fn works(&self) {
        if self.next_try.load(Ordering::Acquire) != 0 {
            self.down.store(0, Ordering::Release);
            self.next_try.store(0, Ordering::Release);
        }
    }

    pub(super) fn fails(&self, why: StoreFailure, now: UnixMillis) {
        let number = FAILURES
            .iter()
            .zip(1..)
            .find(|(failure, _)| **failure == why)
            .map_or(1, |(_, number)| number);
        self.down.store(number, Ordering::Release);
        self.next_try.store(now.plus(PAUSE).0, Ordering::Release);
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn state(&self) -> SharedState {
        let down = usize::from(self.down.load(Ordering::Acquire));
        SharedState {
            down: down.checked_sub(1).and_then(|at| FAILURES.get(at).copied()),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_in_a_second_tries_a_server_that_failed() {
        let health = Health::default();
        let at = UnixMillis;
        assert!(health.admits(at(10_000)) && health.admits(at(10_000)));
        assert_eq!(
            health.state(),
            SharedState {
                down: None,
                failures: 0
            }
        );
        health.fails(StoreFailure::Connection, at(10_000));
        let down = Some(StoreFailure::Connection);
        assert_eq!(health.state(), SharedState { down, failures: 1 });
        assert!(!health.admits(at(10_999)));
        assert!(health.admits(at(11_000)));
        assert!(!health.admits(at(11_000)), "another is trying");
        health.works();
        assert!(health.admits(at(11_000)));
        assert_eq!(
            health.state(),
            SharedState {
                down: None,
                failures: 1
            }
        );
    }

    #[test]
    fn a_clock_set_back_does_not_keep_it_down() {
        let health = Health::default();
        health.fails(StoreFailure::Timeout, UnixMillis(1_000_000));
        assert!(health.admits(UnixMillis(5_000)));
        assert!(!health.admits(UnixMillis(5_500)));
    }

    #[test]
    fn every_failure_shows() {
        for why in FAILURES {
            let health = Health::default();
            health.fails(why, UnixMillis(0));
            assert_eq!(health.state().down, Some(why));
        }
    }
}
