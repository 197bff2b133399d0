//! A clock that is set by hand.

use std::sync::atomic::{AtomicI64, Ordering};

use keyward_domain::{Clock, Timestamp};

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `now`.
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    /// Sets it.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }

    /// Moves it by `secs` seconds.
    pub fn advance(&self, secs: i64) {
        self.0.fetch_add(secs.saturating_mul(1000), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, TestClock, Timestamp};

    #[test]
    fn it_moves_by_hand() {
        let clock = TestClock::new(Timestamp::from_secs(10));
        clock.advance(5);
        assert_eq!(clock.now(), Timestamp::from_secs(15));
        clock.set(Timestamp::from_secs(1));
        assert_eq!(clock.now(), Timestamp::from_secs(1));
    }
}
