//! What the issuer says about a token, asked once for many requests. RFC 7662

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use keyward_client::UnixMillis;
use keyward_client::introspect::{IntrospectError, Introspection, Introspector};
use quick_cache::sync::Cache;

use super::{Issuer, Token, claims};
use crate::caller::Caller;
use crate::denial::Reason;

/// Answers remembered at most.
const REMEMBERED: usize = 20_000;

/// How long nobody asks again about a token after the issuer did not answer.
const AFTER_SILENCE: Duration = Duration::from_millis(500);

/// An issuer that can be asked, and what it said lately.
pub(crate) struct Introspected {
    introspector: Introspector,
    cache_ttl: Duration,
    negative_ttl: Duration,
    said: Cache<[u8; 32], Said>,
    answered: AtomicU64,
    failed: AtomicU64,
    /// Of both together, in microseconds.
    took: AtomicU64,
}

/// How an issuer answered questions about tokens since the start, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntrospectionState {
    /// Answers, whatever they said.
    pub answered: u64,
    /// Questions without one.
    pub failed: u64,
    /// How long both took together.
    pub took: Duration,
}

#[derive(Clone)]
struct Said {
    verdict: Result<Arc<Caller>, Reason>,
    until: UnixMillis,
}

impl Introspected {
    /// An issuer that can be asked; good answers are believed for `cache_ttl`, bad ones for `negative_ttl`.
    pub(crate) fn new(introspector: Introspector, cache_ttl: Duration, negative_ttl: Duration) -> Self {
        Self {
            introspector,
            cache_ttl,
            negative_ttl,
            said: Cache::new(REMEMBERED),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            took: AtomicU64::new(0),
        }
    }

    /// How it answered so far.
    pub(crate) fn state(&self) -> IntrospectionState {
        IntrospectionState {
            answered: self.answered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            took: Duration::from_micros(self.took.load(Ordering::Relaxed)),
        }
    }

    /// What it said some seconds ago, or says now. Requests that come meanwhile wait for the same answer.
    pub(super) async fn remembered(
        &self,
        issuer: &Issuer,
        token: &Token<'_>,
        now: UnixMillis,
    ) -> Result<Arc<Caller>, Reason> {
        self.said.remove_if(&token.digest, |said| said.until <= now);
        let asked = async {
            let verdict = self.asked(issuer, token, now).await;
            let until = self.believed_until(&verdict, now);
            Ok::<_, Reason>(Said { verdict, until })
        };
        let said = self.said.get_or_insert_async(&token.digest, asked).await?;
        let caller = said.verdict?;
        claims::check_now(issuer, &caller, now)?;
        Ok(caller)
    }

    /// What it says now.
    pub(super) async fn asked(
        &self,
        issuer: &Issuer,
        token: &Token<'_>,
        now: UnixMillis,
    ) -> Result<Arc<Caller>, Reason> {
        match self.timed(token, now).await {
            Ok(Introspection::Active(members)) => {
                let caller = claims::caller(issuer, members, claims::Source::Introspection)?;
                claims::check_now(issuer, &caller, now)?;
                Ok(Arc::new(caller))
            }
            Ok(Introspection::Inactive) => Err(Reason::Inactive),
            Err(error) => {
                tracing::warn!(issuer = issuer.id, "introspection failed: {error}");
                Err(Reason::IntrospectionUnavailable)
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "measures how long the issuer takes, nothing is decided by it"
    )]
    async fn timed(&self, token: &Token<'_>, now: UnixMillis) -> Result<Introspection, IntrospectError> {
        let began = Instant::now();
        let answer = self.introspector.introspect_at(token.text, now).await;
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.took.fetch_add(micros, Ordering::Relaxed);
        let count = if answer.is_ok() { &self.answered } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        answer
    }

    /// Never beyond the token's own end.
    fn believed_until(&self, verdict: &Result<Arc<Caller>, Reason>, now: UnixMillis) -> UnixMillis {
        match verdict {
            Ok(caller) => now
                .plus(self.cache_ttl)
                .min(UnixMillis(caller.expires_at().saturating_mul(1000))),
            Err(Reason::IntrospectionUnavailable) => now.plus(AFTER_SILENCE.min(self.negative_ttl)),
            Err(_) => now.plus(self.negative_ttl),
        }
    }
}
