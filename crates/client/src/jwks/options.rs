//! How a set of keys is kept.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::time::{Clock, SystemClock};

/// How a [`super::JwksCache`] keeps the keys of an issuer.
#[derive(Clone)]
pub struct JwksOptions {
    /// How often the keys are loaded again, less up to a tenth so that many nodes do not do it at once.
    pub refresh: Duration,
    /// How soon a load that failed is tried again; each further failure doubles it, up to [`JwksOptions::refresh`], and
    /// up to two seconds while there are no keys at all.
    pub retry: Duration,
    /// How long after a load that an unknown `kid` caused the next one may cause another.
    pub kid_miss_interval: Duration,
    /// How old the keys may be when the issuer is away.
    pub max_stale: Duration,
    /// How long one load may take, discovery included, and so how long a lookup waits at most.
    pub timeout: Duration,
    /// The longest key set, in bytes.
    pub max_bytes: usize,
    /// The most keys of a set.
    pub max_keys: usize,
    /// What the task that loads again reads the time from.
    pub clock: Arc<dyn Clock>,
}

impl Default for JwksOptions {
    fn default() -> Self {
        Self {
            refresh: Duration::from_mins(10),
            retry: Duration::from_secs(1),
            kid_miss_interval: Duration::from_secs(30),
            max_stale: Duration::from_hours(24),
            timeout: Duration::from_secs(5),
            max_bytes: 256 * 1024,
            max_keys: 64,
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for JwksOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksOptions")
            .field("refresh", &self.refresh)
            .field("retry", &self.retry)
            .field("kid_miss_interval", &self.kid_miss_interval)
            .field("max_stale", &self.max_stale)
            .field("timeout", &self.timeout)
            .field("max_bytes", &self.max_bytes)
            .field("max_keys", &self.max_keys)
            .finish_non_exhaustive()
    }
}
