use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use keyward_domain::Timestamp;

/// The monotonic clock of the measurements.
#[expect(clippy::disallowed_methods, reason = "a bench measures how long things take")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// How often a second something happened that happened `count` times in `elapsed`.
pub(crate) fn per_second(count: u32, elapsed: Duration) -> f64 {
    f64::from(count) / elapsed.as_secs_f64()
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The wall clock, for the rows that are written beside the server.
#[expect(clippy::disallowed_methods, reason = "the server compares with the same clock")]
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(0))
}
