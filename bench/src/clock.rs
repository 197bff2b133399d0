use std::time::{Duration, Instant};

/// The monotonic clock of the measurements; the only place of the bench that reads one.
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
