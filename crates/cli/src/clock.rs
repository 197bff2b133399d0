//! The system's clocks: the only place of the binary that reads them.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use keyward_domain::{Clock, Timestamp};

/// The wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the edge reads")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// When the process began.
#[derive(Clone, Copy)]
pub(crate) struct Started(Instant);

/// Notes the beginning.
#[expect(
    clippy::disallowed_methods,
    reason = "measures the start-up of the process, nothing is decided by it"
)]
pub(crate) fn start() -> Started {
    Started(Instant::now())
}

impl Started {
    /// Milliseconds since then.
    pub(crate) fn millis(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
