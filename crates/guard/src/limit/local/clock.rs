//! Time that never runs back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use keyward_client::UnixMillis;

/// How old an instant may be when a request is judged: it was read when the request came, and a slow issuer may have
/// been asked since.
pub(super) const LATE: u64 = 30_000;

/// The last instant that is told apart from later ones, in the year 2527.
const END: u64 = 1 << 44;

/// Time that never runs back: an instant before the latest one counts as that, and when the clock is set back, time
/// goes on from where it was until the clock is past that again. Otherwise every caller would wait for the clock to
/// come back to their last request.
#[derive(Debug, Default)]
pub(super) struct Steady {
    /// The latest instant there was.
    latest: AtomicU64,
    /// How far it is ahead of a clock that was set back.
    ahead: AtomicU64,
    setting: Mutex<()>,
}

impl Steady {
    /// What counts as `now`.
    pub(super) fn read(&self, now: UnixMillis) -> u64 {
        let now = now.0.min(END);
        let latest = self.latest.load(Ordering::Acquire);
        if now.saturating_add(LATE) < latest || self.ahead.load(Ordering::Acquire) > 0 {
            return self.set_back(now);
        }
        self.reach(now)
    }

    fn set_back(&self, now: u64) -> u64 {
        let _one_at_a_time = self.setting.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.latest.load(Ordering::Acquire);
        if now.saturating_add(LATE) >= latest {
            self.ahead.store(0, Ordering::Release);
            return self.reach(now);
        }
        let steady = now.saturating_add(self.ahead.load(Ordering::Acquire));
        if steady.saturating_add(LATE) >= latest {
            return self.reach(steady.min(END));
        }
        // Set back for the first time, or once more.
        self.ahead.store(latest - now, Ordering::Release);
        latest
    }

    fn reach(&self, now: u64) -> u64 {
        // Most requests of one millisecond only read here.
        let latest = self.latest.load(Ordering::Acquire);
        if now <= latest {
            return latest;
        }
        self.latest.fetch_max(now, Ordering::AcqRel).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_goes_on_from_where_it_was() {
        let clock = Steady::default();
        let read = |now| clock.read(UnixMillis(now));
        assert_eq!(read(10_000_000), 10_000_000);
        assert_eq!(read(9_999_000), 10_000_000, "a request that took a second");
        assert_eq!(read(1_000_000), 10_000_000, "nine thousand seconds back");
        assert_eq!(read(1_000_500), 10_000_500);
        assert_eq!(read(500_000), 10_000_500, "and further back");
        assert_eq!(read(500_100), 10_000_600);
        assert_eq!(read(10_000_700), 10_000_700, "set right");
        assert_eq!(read(10_000_800), 10_000_800);
    }

    #[test]
    fn one_instant_from_long_ago_changes_nothing() {
        let clock = Steady::default();
        let read = |now| clock.read(UnixMillis(now));
        assert_eq!(read(10_000_000), 10_000_000);
        assert_eq!(read(0), 10_000_000);
        assert_eq!(read(10_000_001), 10_000_001);
    }

    #[test]
    fn there_is_an_end_of_time() {
        let clock = Steady::default();
        assert_eq!(clock.read(UnixMillis(u64::MAX)), END);
        assert_eq!(clock.read(UnixMillis(0)), END);
        assert_eq!(clock.read(UnixMillis(u64::MAX)), END);
    }
}
