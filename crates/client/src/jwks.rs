//! The public keys of an issuer, kept near. RFC 7517 §5
//!
//! A key that is known is found without a lock and without waiting. A token with an unknown `kid` can make the set be
//! fetched again, but never more often than once per [`JwksOptions::kid_miss_interval`], whatever came of the attempts
//! before. What was fetched last is kept when the issuer is away, for [`JwksOptions::max_stale`] and no longer.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use keyward_jose::{Algorithm, VerifyingKey};
use thiserror::Error;
use tokio::sync::watch;

pub use self::key_set::KeySet;
use self::key_set::Miss;
pub use self::options::JwksOptions;
pub use self::source::LoadError;
use self::source::{Metadata, Source};
use crate::flight::{Flight, Run};
use crate::issuer::Issuer;
use crate::time::UnixMillis;
use crate::transport::Transport;

mod key_set;
mod options;
mod refresh;
mod source;

/// The keys of one issuer. A clone shares them.
///
/// The first load starts a task that loads again every [`JwksOptions::refresh`]; it ends with the last clone.
#[derive(Clone)]
pub struct JwksCache {
    shared: Arc<Shared>,
}

struct Shared {
    source: Source,
    options: JwksOptions,
    loaded: ArcSwapOption<Loaded>,
    generation: AtomicU64,
    flight: Flight<Result<(), Arc<LoadError>>>,
    /// When an unknown key last made the set be fetched; 0 for never.
    last_miss: AtomicU64,
    /// How many loads have failed since the last that did not.
    failures: AtomicU32,
    last_error: ArcSwapOption<LoadError>,
    refreshing: AtomicBool,
    /// Its end, with the last clone, ends the task.
    open: watch::Sender<()>,
}

#[derive(Clone)]
struct Loaded {
    set: Arc<KeySet>,
    at: UnixMillis,
}

/// Why there is no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The issuer has no such key: the token is not its own. Also when the token names no key and not exactly one fits.
    #[error("the issuer has no such key")]
    Unknown,
    /// The issuer's keys cannot be had, or are too old: nothing can be said of the token.
    #[error("the issuer's keys are not available")]
    Unavailable,
    /// The key is there and is not for this algorithm. RFC 8725 §3.1
    #[error("the key is not for this algorithm")]
    AlgorithmMismatch,
}

/// How a [`JwksCache`] is doing.
#[derive(Debug, Clone)]
pub struct JwksStatus {
    /// How long ago the keys were asked for that are used now; none were had so far if there is none.
    pub age: Option<Duration>,
    /// [`JwksCache::generation`]
    pub generation: u64,
    /// How many keys there are.
    pub keys: usize,
    /// Why the latest load failed; none if it did not.
    pub last_error: Option<Arc<LoadError>>,
}

impl JwksCache {
    /// The keys that an issuer's metadata lead to. RFC 8414 §2
    pub fn of_issuer(issuer: Issuer, options: JwksOptions) -> Self {
        Self::new(Source::Issuer(issuer), options)
    }

    /// The keys at one URL.
    pub fn at(transport: Transport, jwks_uri: impl Into<String>, options: JwksOptions) -> Self {
        let uri = jwks_uri.into();
        Self::new(Source::Uri { transport, uri }, options)
    }

    /// Keys that never change.
    pub fn fixed(set: KeySet) -> Self {
        let set = Arc::new(set);
        Self::memory(move || set.clone())
    }

    /// Keys that this process has itself. `keys` is called for each lookup, and so must be fast; it gives the same
    /// `Arc` as long as the keys are the same.
    pub fn memory(keys: impl Fn() -> Arc<KeySet> + Send + Sync + 'static) -> Self {
        Self::new(Source::Memory(Box::new(keys)), JwksOptions::default())
    }

    fn new(source: Source, options: JwksOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                source,
                options,
                loaded: ArcSwapOption::empty(),
                generation: AtomicU64::new(0),
                flight: Flight::default(),
                last_miss: AtomicU64::new(0),
                failures: AtomicU32::new(0),
                last_error: ArcSwapOption::empty(),
                refreshing: AtomicBool::new(false),
                open: watch::channel(()).0,
            }),
        }
    }

    /// The key that a token names, if it may sign with `algorithm`; without `kid`, the only key that may. RFC 7515 §4.1.4
    ///
    /// Waits only when the key is not known, and then for [`JwksOptions::timeout`] at most.
    ///
    /// # Errors
    /// [`KeyError`]. [`KeyError::Unknown`] is certain: where the latest load failed it is [`KeyError::Unavailable`].
    pub async fn key(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        now: UnixMillis,
    ) -> Result<Arc<VerifyingKey>, KeyError> {
        match self.find(kid, algorithm, now) {
            Err(Miss::Absent | Miss::Stale) if self.shared.source.is_remote() => {
                let found = self.find_again(kid, algorithm, now);
                tokio::time::timeout(self.shared.options.timeout, found)
                    .await
                    .unwrap_or(Err(KeyError::Unavailable))
            }
            found => Ok(found?),
        }
    }

    /// Loads the keys now, or joins the load that is on: for a program that is not ready before it has them.
    ///
    /// # Errors
    /// [`LoadError`]; the keys that were there stay.
    pub async fn load(&self, now: UnixMillis) -> Result<(), Arc<LoadError>> {
        self.load_by(Metadata::AskAgain, now).await
    }

    /// Grows each time a key went away or changed: what was verified under an older generation must be verified again.
    /// Ask before [`JwksCache::key`], not after, for the generation that the key is of.
    pub fn generation(&self) -> u64 {
        self.shared.follow_memory();
        self.shared.generation.load(Ordering::Acquire)
    }

    /// Whether the keys are older than [`JwksOptions::max_stale`], or were never had: then nothing that they verified
    /// counts any more.
    pub fn is_stale(&self, now: UnixMillis) -> bool {
        self.shared.follow_memory();
        let loaded = self.shared.loaded.load();
        loaded
            .as_ref()
            .is_none_or(|loaded| self.shared.age(loaded, now) > self.shared.options.max_stale)
    }

    /// How the cache is doing.
    pub fn status(&self, now: UnixMillis) -> JwksStatus {
        let generation = self.generation();
        let loaded = self.shared.loaded.load();
        JwksStatus {
            age: loaded.as_ref().map(|loaded| self.shared.age(loaded, now)),
            generation,
            keys: loaded.as_ref().map_or(0, |loaded| loaded.set.len()),
            last_error: self.shared.last_error.load_full(),
        }
    }

    fn find(&self, kid: Option<&str>, algorithm: Algorithm, now: UnixMillis) -> Result<Arc<VerifyingKey>, Miss> {
        self.shared.follow_memory();
        let loaded = self.shared.loaded.load();
        let loaded = loaded.as_ref().ok_or(Miss::Stale)?;
        if self.shared.age(loaded, now) > self.shared.options.max_stale {
            return Err(Miss::Stale);
        }
        loaded.set.find(kid, algorithm).cloned()
    }

    /// Two rounds: the load that was on when this lookup came may have begun before the key was published.
    async fn find_again(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        now: UnixMillis,
    ) -> Result<Arc<VerifyingKey>, KeyError> {
        for _ in 0..2 {
            let Some(run) = self.load_for_miss(now) else { break };
            let _ = run.result().await;
            let found = self.find(kid, algorithm, now);
            if !matches!(found, Err(Miss::Absent | Miss::Stale)) {
                return Ok(found?);
            }
        }
        match self.find(kid, algorithm, now) {
            Err(Miss::Absent) if self.shared.last_error.load().is_some() => Err(KeyError::Unavailable),
            found => Ok(found?),
        }
    }

    /// Joins the load that is on, or starts one unless one was started for a miss a moment ago. A clock that was set
    /// back does not stop all loads until it has caught up.
    fn load_for_miss(&self, now: UnixMillis) -> Option<Run<Result<(), Arc<LoadError>>>> {
        let interval = self.shared.options.kid_miss_interval.as_millis();
        self.shared.flight.join(|| {
            let last = self.shared.last_miss.load(Ordering::Relaxed);
            if last != 0 && u128::from(now.0.abs_diff(last)) < interval {
                return None;
            }
            self.shared.last_miss.store(now.0.max(1), Ordering::Relaxed);
            Some(self.work(Metadata::AsKnown, now))
        })
    }

    async fn load_by(&self, metadata: Metadata, now: UnixMillis) -> Result<(), Arc<LoadError>> {
        if !self.shared.source.is_remote() {
            self.shared.follow_memory();
            return Ok(());
        }
        let run = self.shared.flight.run(|| self.work(metadata, now)).await;
        run.unwrap_or_else(|| Err(Arc::new(LoadError::Stopped)))
    }

    fn work(
        &self,
        metadata: Metadata,
        now: UnixMillis,
    ) -> impl Future<Output = Result<(), Arc<LoadError>>> + Send + use<> {
        if !self.shared.refreshing.swap(true, Ordering::Relaxed) {
            refresh::start(&self.shared);
        }
        let shared = self.shared.clone();
        async move { shared.load(metadata, now).await }
    }
}

impl Shared {
    async fn load(&self, metadata: Metadata, now: UnixMillis) -> Result<(), Arc<LoadError>> {
        let fetched = tokio::time::timeout(self.options.timeout, self.source.fetch(metadata, &self.options)).await;
        match fetched.unwrap_or(Err(LoadError::Timeout)) {
            Ok(set) => {
                self.replace(Arc::new(set), now);
                self.failures.store(0, Ordering::Relaxed);
                self.last_error.store(None);
                Ok(())
            }
            Err(error) => {
                let error = Arc::new(error);
                self.failures.fetch_add(1, Ordering::Relaxed);
                self.last_error.store(Some(error.clone()));
                Err(error)
            }
        }
    }

    fn follow_memory(&self) {
        let Source::Memory(keys) = &self.source else { return };
        let set = keys();
        if !self
            .loaded
            .load()
            .as_ref()
            .is_some_and(|loaded| Arc::ptr_eq(&loaded.set, &set))
        {
            self.replace(set, UnixMillis::default());
        }
    }

    /// Keys from memory are those of this moment.
    fn age(&self, loaded: &Loaded, now: UnixMillis) -> Duration {
        if self.source.is_remote() {
            now.since(loaded.at)
        } else {
            Duration::ZERO
        }
    }

    /// The keys first and the generation after: whoever reads the new generation finds the new keys.
    fn replace(&self, set: Arc<KeySet>, at: UnixMillis) {
        let new = set.clone();
        let old = self.loaded.swap(Some(Arc::new(Loaded { set, at })));
        if old.is_some_and(|old| !old.set.is_subset(&new)) {
            self.generation.fetch_add(1, Ordering::Release);
        }
    }
}

impl From<Miss> for KeyError {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Absent | Miss::Ambiguous => Self::Unknown,
            Miss::Mismatch => Self::AlgorithmMismatch,
            Miss::Stale => Self::Unavailable,
        }
    }
}

impl fmt::Debug for JwksCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksCache")
            .field("source", &self.shared.source)
            .finish_non_exhaustive()
    }
}
