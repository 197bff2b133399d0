//! One door to both stores.

use std::time::Duration;

use keyward_client::UnixMillis;
use thiserror::Error;

use super::{Bucket, LocalState, LocalStore, OnStoreError, Place, Report, Source};
#[cfg(feature = "redis")]
use super::{RedisStore, SharedState};

/// Counts requests, in this process and in a shared store.
#[derive(Debug)]
pub struct Limiter {
    local: LocalStore,
    #[cfg(feature = "redis")]
    shared: Option<RedisStore>,
}

/// The shared store is out of reach, and a limit says [`OnStoreError::Deny`]. The answer is 503, not 429: the caller
/// did nothing wrong. RFC 9110 §15.6.4
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the shared store of limits is out of reach")]
pub struct StoreUnavailable {
    /// When to try again.
    pub retry_after: Duration,
}

/// How the stores are, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimiterState {
    /// The store of this process.
    pub local: LocalState,
    /// The shared one, if there is one.
    #[cfg(feature = "redis")]
    pub shared: Option<SharedState>,
}

/// What to do with buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Take,
    Peek,
    Penalise,
}

/// When to try again what a store out of reach refused.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl Limiter {
    /// Counts in this process alone. For limits of a shared store, that store is out of reach.
    pub fn local(local: LocalStore) -> Self {
        Self {
            local,
            #[cfg(feature = "redis")]
            shared: None,
        }
    }

    /// Counts in this process and, for the limits that say so, in a shared store.
    #[cfg(feature = "redis")]
    pub fn with_shared(local: LocalStore, shared: RedisStore) -> Self {
        Self {
            local,
            shared: Some(shared),
        }
    }

    /// Takes from all buckets, or from none if one has too little.
    ///
    /// Buckets of the shared store are taken in one round trip, after those of this process were seen to have enough.
    /// If another request empties one of these meanwhile, the request is refused and only the shared ones have paid:
    /// such a race can let through too few, never too many.
    pub async fn take(&self, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreUnavailable> {
        self.run(Verb::Take, buckets, now).await
    }

    /// What [`Self::take`] would say, without taking anything: whether an address may still try a credential.
    pub async fn peek(&self, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreUnavailable> {
        self.run(Verb::Peek, buckets, now).await
    }

    /// Takes from each bucket what is left of the cost, and refuses nothing: for counting failed tries.
    pub async fn penalise(&self, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreUnavailable> {
        self.run(Verb::Penalise, buckets, now).await
    }

    /// Waits until the shared store is connected, two seconds at most. Without that, the first requests may find it
    /// out of reach, since they wait no longer for a connection than for an answer.
    #[cfg(feature = "redis")]
    pub async fn connect(&self) -> Result<(), StoreUnavailable> {
        match &self.shared {
            Some(shared) => shared.connect().await.map_err(|_| StoreUnavailable {
                retry_after: RETRY_AFTER,
            }),
            None => Ok(()),
        }
    }

    /// How the stores are.
    pub fn state(&self) -> LimiterState {
        LimiterState {
            local: self.local.state(),
            #[cfg(feature = "redis")]
            shared: self.shared.as_ref().map(RedisStore::state),
        }
    }

    async fn run(&self, verb: Verb, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreUnavailable> {
        if buckets.iter().all(|bucket| bucket.limit.place() == Place::Local) {
            return Ok(self.local.run(verb, buckets, now));
        }
        // Beside a round trip the box costs nothing, and it keeps the future of all others small.
        Box::pin(self.run_mixed(verb, buckets, now)).await
    }

    async fn run_mixed(&self, verb: Verb, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreUnavailable> {
        let split = Split::of(buckets);
        if verb == Verb::Take && !split.local.is_empty() {
            let seen = self.local.peek(&split.local, now);
            if seen.is_refused() {
                return Ok(seen);
            }
        }
        let Some(shared) = self.ask_shared(verb, &split.shared, now).await else {
            return self.without_shared(verb, buckets, now);
        };
        if shared.is_refused() && verb == Verb::Take {
            return Ok(shared);
        }
        self.remember(verb, &split.shared, now);
        let local = self.local.run(verb, &split.local, now);
        Ok(split.merge(shared, local))
    }

    #[cfg(feature = "redis")]
    async fn ask_shared(&self, verb: Verb, buckets: &[Bucket], now: UnixMillis) -> Option<Report> {
        self.shared.as_ref()?.run(verb, buckets, now).await.ok()
    }

    #[cfg(not(feature = "redis"))]
    #[expect(clippy::unused_async, reason = "asks over the network with the feature `redis`")]
    async fn ask_shared(&self, _verb: Verb, _buckets: &[Bucket], _now: UnixMillis) -> Option<Report> {
        None
    }

    /// What this process let through counts here too, in case the shared store fails next.
    fn remember(&self, verb: Verb, shared: &[Bucket], now: UnixMillis) {
        if verb == Verb::Peek {
            return;
        }
        let local: Vec<Bucket> = shared.iter().filter(|bucket| goes_on_here(bucket)).cloned().collect();
        if !local.is_empty() {
            self.local.penalise(&local, now);
        }
    }

    fn without_shared(&self, verb: Verb, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreUnavailable> {
        if buckets
            .iter()
            .any(|bucket| bucket.limit.place() == Place::Shared(OnStoreError::Deny))
        {
            return Err(StoreUnavailable {
                retry_after: RETRY_AFTER,
            });
        }
        let uncounted = |bucket: &&Bucket| bucket.limit.place() == Place::Shared(OnStoreError::Allow);
        let counted: Vec<Bucket> = buckets.iter().filter(|bucket| !uncounted(bucket)).cloned().collect();
        let source = if counted.len() < buckets.len() {
            Source::Nobody
        } else {
            Source::LocalInstead
        };
        Ok(self.local.run(verb, &counted, now).counted_by(source))
    }
}

impl LocalStore {
    fn run(&self, verb: Verb, buckets: &[Bucket], now: UnixMillis) -> Report {
        match verb {
            Verb::Take => self.take(buckets, now),
            Verb::Peek => self.peek(buckets, now),
            Verb::Penalise => self.penalise(buckets, now),
        }
    }
}

/// Buckets by the store that keeps them.
struct Split {
    local: Vec<Bucket>,
    shared: Vec<Bucket>,
    /// Where each bucket went, in the order of the request.
    order: Vec<Place>,
}

impl Split {
    fn of(buckets: &[Bucket]) -> Self {
        let (local, shared) = buckets
            .iter()
            .cloned()
            .partition(|bucket| bucket.limit.place() == Place::Local);
        Self {
            local,
            shared,
            order: buckets.iter().map(|bucket| bucket.limit.place()).collect(),
        }
    }

    /// One report in the order of the request.
    fn merge(&self, shared: Report, local: Report) -> Report {
        let (mut shared, mut local) = (shared.into_standings(), local.into_standings());
        let standings = self.order.iter().filter_map(|place| match place {
            Place::Local => local.next(),
            Place::Shared(_) => shared.next(),
        });
        Report::new(standings.collect(), Source::Shared)
    }
}

fn goes_on_here(bucket: &Bucket) -> bool {
    bucket.limit.place() == Place::Shared(OnStoreError::Local)
}
