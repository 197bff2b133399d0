//! What a request takes from.

use std::num::NonZeroU32;
use std::sync::Arc;

use thiserror::Error;

use super::{Key, Quota};

/// The longest name of a limit.
const LONGEST_NAME: usize = 64;

/// A limit as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    name: Box<str>,
    quota: Quota,
    place: Place,
}

/// Where counts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this process.
    Local,
    /// In the shared store; and what happens while that is out of reach.
    Shared(OnStoreError),
}

/// What happens while the shared store is out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStoreError {
    /// The local store counts. It already knows what this process let through before, so that a caller has at most
    /// one quota in each process.
    Local,
    /// Requests are refused, see [`super::StoreUnavailable`].
    Deny,
    /// Requests pass uncounted.
    Allow,
}

/// The name is not 1 to 64 letters, digits, `_`, `-` or `.` of ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the name of a limit is 1 to 64 letters, digits, _, - or .")]
pub struct LimitNameError;

impl Limit {
    /// A limit. Its name shows in header fields, so it has nothing that would have to be escaped there.
    pub fn new(name: &str, quota: Quota, place: Place) -> Result<Self, LimitNameError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(fits) {
            return Err(LimitNameError);
        }
        Ok(Self {
            name: name.into(),
            quota,
            place,
        })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many requests in how much time.
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// Where its counts are kept.
    pub const fn place(&self) -> Place {
        self.place
    }
}

/// A limit for one caller, and what a request costs there.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The limit.
    pub limit: Arc<Limit>,
    /// Whose it is; made with the same limit by [`super::KeySecret::key`].
    pub key: Key,
    /// How many requests this one counts for.
    pub cost: NonZeroU32,
}

impl Bucket {
    /// One request.
    pub const fn one(limit: Arc<Limit>, key: Key) -> Self {
        Self {
            limit,
            key,
            cost: NonZeroU32::MIN,
        }
    }

    pub(super) fn cost(&self) -> u64 {
        u64::from(self.cost.get())
    }
}

/// What the buckets before `at` and this one take from its key together: the same key may occur twice.
pub(super) fn due(buckets: &[Bucket], at: usize, bucket: &Bucket) -> u64 {
    let earlier = buckets.iter().take(at).filter(|earlier| earlier.key == bucket.key);
    earlier.map(Bucket::cost).sum::<u64>() + bucket.cost()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn names_that_would_need_escaping_are_refused() {
        let quota = Quota::window(1, Duration::from_secs(1)).unwrap();
        assert!(Limit::new("per-client_2.eu", quota, Place::Local).is_ok());
        for name in ["", "a b", "a\"b", "a\\b", "a\r\nX: y", "ä", &"a".repeat(65)] {
            assert_eq!(Limit::new(name, quota, Place::Local), Err(LimitNameError), "{name:?}");
        }
    }
}
