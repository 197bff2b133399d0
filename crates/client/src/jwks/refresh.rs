//! The task that loads the keys again before anybody waits for them.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use keyward_jose::random;

use super::source::Metadata;
use super::{JwksCache, JwksOptions, Shared};

/// The longest pause while there are no keys at all: nobody's token can be judged meanwhile.
const WITHOUT_KEYS: Duration = Duration::from_secs(2);

/// Starts the task. It holds the cache only while it loads, and ends with its last clone.
pub(super) fn start(shared: &Arc<Shared>) {
    let mut open = shared.open.subscribe();
    let weak = Arc::downgrade(shared);
    tokio::spawn(async move {
        while let Some(pause) = pause(&weak) {
            tokio::select! {
                () = tokio::time::sleep(pause) => load(&weak).await,
                // Nothing is ever sent: the sender is gone.
                _ = open.changed() => break,
            }
        }
    });
}

async fn load(shared: &Weak<Shared>) {
    if let Some(shared) = shared.upgrade() {
        let now = shared.options.clock.now();
        // What came of it stands in the status.
        let _ = JwksCache { shared }.load_by(Metadata::AskAgain, now).await;
    }
}

fn pause(shared: &Weak<Shared>) -> Option<Duration> {
    let shared = shared.upgrade()?;
    let mut byte = [0];
    random::fill(&mut byte);
    let [dice] = byte;
    let options = &shared.options;
    let failures = shared.failures.load(Ordering::Relaxed);
    Some(if shared.loaded.load().is_some() {
        next(options, failures, options.refresh, dice)
    } else {
        // The first load may be on still: if it fails, the next is not ten minutes away.
        next(options, failures.max(1), WITHOUT_KEYS.max(options.retry), dice)
    })
}

/// The regular pause less up to a tenth; after failures a short one that doubles up to the `longest`, less up to a half.
fn next(options: &JwksOptions, failures: u32, longest: Duration, dice: u8) -> Duration {
    let (pause, spread) = match failures.checked_sub(1) {
        None => (options.refresh, options.refresh / 10),
        Some(further) => {
            let pause = options.retry.saturating_mul(1 << further.min(16)).min(longest);
            (pause, pause / 2)
        }
    };
    pause.saturating_sub(spread.mul_f64(f64::from(dice) / 255.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_is_regular_until_something_fails() {
        let options = JwksOptions::default();
        let millis = |failures, dice| next(&options, failures, options.refresh, dice).as_millis();
        assert_eq!([millis(0, 0), millis(0, 255)], [600_000, 540_000]);
        assert_eq!([millis(1, 0), millis(1, 255)], [1000, 500]);
        assert_eq!([millis(4, 0), millis(4, 255)], [8000, 4000]);
        assert_eq!([millis(11, 0), millis(u32::MAX, 255)], [600_000, 300_000]);
    }

    #[test]
    fn without_keys_the_pause_stays_short() {
        let options = JwksOptions::default();
        let millis = |failures| next(&options, failures, WITHOUT_KEYS, 0).as_millis();
        assert_eq!(
            [millis(1), millis(2), millis(9), millis(u32::MAX)],
            [1000, 2000, 2000, 2000]
        );
    }
}
