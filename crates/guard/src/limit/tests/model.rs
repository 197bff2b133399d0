//! What the algorithms ought to do, by brute force.

use std::collections::VecDeque;

use super::super::{Algorithm, Quota};

/// Every request that was let through, with its instant in milliseconds.
#[derive(Debug, Default, Clone)]
pub(super) struct Log(VecDeque<(u64, u64)>);

impl Log {
    pub(super) fn let_through(&mut self, cost: u64, now: u64) {
        self.0.push_back((now, cost));
    }

    /// How many were let through in the `window` milliseconds that end at `now`.
    pub(super) fn within(&self, window: u64, now: u64) -> u64 {
        self.0
            .iter()
            .filter(|(at, _)| *at <= now && at + window > now)
            .map(|(_, cost)| cost)
            .sum()
    }

    pub(super) fn instants(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|(at, _)| *at)
    }

    /// Whether every stretch of time holds no more than the quota allows in it.
    pub(super) fn keeps(&self, quota: Quota) -> Result<(), String> {
        let window = u128::from(quota.window_millis());
        for (first, (from, _)) in self.0.iter().enumerate() {
            let mut sum = 0;
            for (until, cost) in self.0.iter().skip(first) {
                sum += u128::from(*cost);
                let span = u128::from(until - from);
                let kept = match quota.algorithm() {
                    Algorithm::Window => span >= window || sum <= u128::from(quota.requests()),
                    // A burst, and what flows off in that time.
                    Algorithm::Gcra => {
                        sum * window <= u128::from(quota.burst()) * window + span * u128::from(quota.requests())
                    }
                };
                if !kept {
                    return Err(format!("{sum} from {from} to {until} under {quota:?}"));
                }
            }
        }
        Ok(())
    }
}

/// A bucket that fills evenly and whose tokens are counted in fractions of one window's milliseconds: what GCRA
/// describes from the other side.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    quota: Quota,
    left: u128,
    filled: u64,
}

impl Tokens {
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            quota,
            left: u128::from(quota.burst()) * u128::from(quota.window_millis()),
            filled: 0,
        }
    }

    pub(super) fn take(&mut self, cost: u64, now: u64) -> bool {
        let window = u128::from(self.quota.window_millis());
        let more = u128::from(now - self.filled) * u128::from(self.quota.requests());
        self.left = (self.left + more).min(u128::from(self.quota.burst()) * window);
        self.filled = now;
        let needed = u128::from(cost) * window;
        if needed > self.left {
            return false;
        }
        self.left -= needed;
        true
    }

    pub(super) fn whole(&self) -> u128 {
        self.left / u128::from(self.quota.window_millis())
    }
}
