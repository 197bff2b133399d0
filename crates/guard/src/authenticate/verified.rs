//! Tokens that were verified a moment ago. Each request carries the same token again and again: its digest costs a
//! microsecond, its signature twenty.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keyward_client::UnixMillis;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Issuer, Token, claims};
use crate::caller::Caller;
use crate::denial::Reason;

/// What one remembered token is reckoned to take, in bytes, beside [`PER_BYTE`] times its length: claims as values take
/// more than as text. Measured: 8.7 KiB for a person's token of 1,432 bytes and 23 claims.
const ENTRY: u64 = 2_048;
const PER_BYTE: u64 = 5;

/// What the memory holds is bounded by bytes: this many for each token that is to be remembered.
const BYTES_EACH: u64 = 9_216;

/// Verified tokens by digest; the least used make room.
pub(crate) struct VerifiedTokens {
    known: Cache<[u8; 32], Known, ByLength>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How often tokens were looked for among those that were verified before, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lookups {
    /// They were there.
    pub hits: u64,
    /// They were not, and were verified or refused.
    pub misses: u64,
}

/// A token that is good.
pub(crate) struct Good {
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) caller: Arc<Caller>,
}

#[derive(Clone)]
struct Known {
    issuer: Arc<Issuer>,
    /// The state of the issuer's keys in which the signature was right.
    generation: u64,
    caller: Arc<Caller>,
    weight: u64,
}

#[derive(Clone)]
struct ByLength;

impl Weighter<[u8; 32], Known> for ByLength {
    fn weight(&self, _: &[u8; 32], known: &Known) -> u64 {
        known.weight
    }
}

impl VerifiedTokens {
    /// Room for so many tokens of usual length.
    pub(crate) fn new(tokens: usize) -> Self {
        let bytes = u64::try_from(tokens).unwrap_or(u64::MAX).saturating_mul(BYTES_EACH);
        Self {
            known: Cache::with_weighter(tokens, bytes, ByLength),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// How often tokens were looked for.
    pub(crate) fn lookups(&self) -> Lookups {
        Lookups {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// The caller behind a token that was verified before, if it is still good: its end is looked at each time.
    pub(crate) fn find(&self, token: &Token<'_>, now: UnixMillis) -> Result<Option<Good>, Reason> {
        let found = self.find_of_any_time(token);
        let count = if found.is_some() { &self.hits } else { &self.misses };
        count.fetch_add(1, Ordering::Relaxed);
        let Some(good) = found else {
            return Ok(None);
        };
        // Verified anew it would meet keys that are too old to say anything.
        if good.issuer.keys.is_stale(now) {
            return Ok(None);
        }
        claims::check_now(&good.issuer, &good.caller, now)?;
        Ok(Some(good))
    }

    /// The caller behind a token that was verified before, whether or not its time is now. A key that its issuer took
    /// back takes every token with it.
    pub(crate) fn find_of_any_time(&self, token: &Token<'_>) -> Option<Good> {
        let known = self.known.get(&token.digest)?;
        if known.generation != known.issuer.keys.generation() {
            self.known.remove(&token.digest);
            return None;
        }
        Some(Good {
            issuer: known.issuer,
            caller: known.caller,
        })
    }

    /// Whether it was verified before, and may still be good.
    pub(crate) fn contains(&self, token: &Token<'_>) -> bool {
        self.known.contains_key(&token.digest)
    }

    /// Remembers a token that was found good, and never one that was not.
    pub(crate) fn remember(&self, token: &Token<'_>, issuer: &Arc<Issuer>, generation: u64, caller: &Arc<Caller>) {
        let known = Known {
            issuer: Arc::clone(issuer),
            generation,
            caller: Arc::clone(caller),
            weight: ENTRY + PER_BYTE * u64::try_from(token.text.len()).unwrap_or(u64::MAX / 16),
        };
        self.known.insert(token.digest, known);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}
