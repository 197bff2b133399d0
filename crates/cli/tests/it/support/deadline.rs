//! Waiting for something to become true, never for time to pass.

use std::time::{Duration, Instant};

/// Longest wait for what must happen: far more than it takes, so that a busy machine does not matter.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Asks until there is an answer; panics with `what` when there is none for half a minute.
pub(crate) fn eventually<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, ask)
}

/// Asks until there is an answer; panics with `what` when there is none in time.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's patience is measured on the real clock"
)]
pub(crate) fn within<T>(patience: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < patience, "not within {patience:?}: {what}");
        std::thread::sleep(PAUSE);
    }
}
