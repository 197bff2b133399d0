//! How many requests in how much time.

use std::time::Duration;

use thiserror::Error;

/// The most requests that a quota or a burst can name.
const MOST: u32 = 1_000_000;

/// The longest window, in seconds.
const LONGEST: u64 = 24 * 60 * 60;

/// How requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// At most the quota in any window, a burst included.
    Window,
    /// The generic cell rate algorithm (ITU-T I.371): an even flow of the quota per window, and a burst at once. In a
    /// window after a pause that makes the quota and the burst.
    Gcra,
}

/// How many requests in how much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    algorithm: Algorithm,
    requests: u32,
    window: u32,
    burst: u32,
}

/// What a quota cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QuotaError {
    /// The quota is not from 1 to 1,000,000.
    #[error("a quota is from 1 to 1000000 requests")]
    Requests,
    /// The window is not whole seconds, from one second to one day.
    #[error("a window is from 1s to 24h, in whole seconds")]
    Window,
    /// The burst is not from 1 to 1,000,000.
    #[error("a burst is from 1 to 1000000 requests")]
    Burst,
}

impl Quota {
    /// At most `requests` in any `window`.
    pub fn window(requests: u32, window: Duration) -> Result<Self, QuotaError> {
        Self::checked(Algorithm::Window, requests, window, requests)
    }

    /// `requests` per `window` as an even flow, and `burst` of them at once.
    pub fn gcra(requests: u32, window: Duration, burst: u32) -> Result<Self, QuotaError> {
        Self::checked(Algorithm::Gcra, requests, window, burst)
    }

    fn checked(algorithm: Algorithm, requests: u32, window: Duration, burst: u32) -> Result<Self, QuotaError> {
        if !(1..=MOST).contains(&requests) {
            return Err(QuotaError::Requests);
        }
        if !(1..=LONGEST).contains(&window.as_secs()) || window.subsec_nanos() != 0 {
            return Err(QuotaError::Window);
        }
        if !(1..=MOST).contains(&burst) {
            return Err(QuotaError::Burst);
        }
        let window = u32::try_from(window.as_secs()).map_err(|_| QuotaError::Window)?;
        Ok(Self {
            algorithm,
            requests,
            window,
            burst,
        })
    }

    /// How requests are counted.
    pub const fn algorithm(self) -> Algorithm {
        self.algorithm
    }

    /// Requests per window.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// The window, in seconds.
    pub const fn window_secs(self) -> u32 {
        self.window
    }

    /// How many may come at once after a pause: the quota itself with [`Algorithm::Window`].
    pub const fn burst(self) -> u32 {
        self.burst
    }

    /// The window, in milliseconds.
    pub(super) fn window_millis(self) -> u64 {
        u64::from(self.window) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_what_a_quota_can_be() {
        let second = Duration::from_secs(1);
        let day = Duration::from_hours(24);
        assert!(Quota::window(1, second).is_ok());
        assert!(Quota::gcra(1_000_000, day, 1_000_000).is_ok());
        for requests in [0, 1_000_001, u32::MAX] {
            assert_eq!(Quota::window(requests, second), Err(QuotaError::Requests));
        }
        for window in [
            Duration::ZERO,
            Duration::from_millis(999),
            Duration::from_millis(1500),
            day + second,
        ] {
            assert_eq!(Quota::window(1, window), Err(QuotaError::Window), "{window:?}");
        }
        for burst in [0, 1_000_001] {
            assert_eq!(Quota::gcra(1, second, burst), Err(QuotaError::Burst));
        }
    }
}
