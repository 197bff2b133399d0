//! What the issuer says about a token, asked once for many requests. RFC 7662

use std::sync::Arc;
use std::time::Duration;

use keyward_client::UnixMillis;
use keyward_client::introspect::{Introspection, Introspector};
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
        match self.introspector.introspect_at(token.text, now).await {
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
