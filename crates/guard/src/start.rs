//! Whether a guard has what it needs: its issuers' keys.

use std::sync::Arc;
use std::time::Duration;

use keyward_client::UnixMillis;
use keyward_client::jwks::LoadError;
use thiserror::Error;

use crate::authenticate::{Introspected, IntrospectionState, Issuer, Lookups};
use crate::guard::Guard;
use crate::limit::LimiterState;

/// Keys that are needed are not there yet.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct NotReady {
    /// The issuers, by their ids.
    pub issuers: Vec<String>,
    /// Each with the reason, in one line for the log.
    why: String,
}

/// How an issuer is doing, for metrics.
#[derive(Clone, Debug)]
pub struct IssuerState {
    /// Its id in the configuration.
    pub id: String,
    /// How long ago its keys were fetched; nothing if they never were.
    pub keys_age: Option<Duration>,
    /// How many keys it has.
    pub keys: usize,
    /// Why the latest fetch failed, if it did.
    pub last_error: Option<&'static str>,
    /// How it answers questions about tokens, if it is asked any.
    pub introspection: Option<IntrospectionState>,
}

impl Guard {
    /// Fetches the keys of all issuers, at once and from then on in the background. An issuer that cannot be reached
    /// is tried again by itself; the error names those without which the guard is not ready.
    pub async fn start(&self) -> Result<(), NotReady> {
        let now = self.clock.now();
        let loads = self.issuers.iter().map(|issuer| load(issuer, now));
        futures_util::future::join_all(loads).await;
        #[cfg(feature = "redis")]
        self.counting.connect().await;
        self.ready()
    }

    /// Whether the keys of every issuer that is required are there.
    pub fn ready(&self) -> Result<(), NotReady> {
        let now = self.clock.now();
        let (mut issuers, mut reasons) = (Vec::new(), Vec::new());
        for issuer in self.issuers.iter().filter(|issuer| issuer.required) {
            let status = issuer.keys.status(now);
            if status.keys == 0 {
                issuers.push(issuer.id.clone());
                reasons.push(reason(&issuer.id, status.last_error.as_deref()));
            }
        }
        if issuers.is_empty() {
            Ok(())
        } else {
            let why = reasons.join("; ");
            Err(NotReady { issuers, why })
        }
    }

    /// Whether this guard can take the place of `before`: it is ready, or `before` is not either. One that judges does
    /// not make way for one that cannot.
    pub fn can_replace(&self, before: &Self) -> Result<(), NotReady> {
        self.ready().or_else(|missing| match before.ready() {
            Ok(()) => Err(missing),
            Err(_) => Ok(()),
        })
    }

    /// How every issuer is doing.
    pub fn issuers(&self) -> Vec<IssuerState> {
        let now = self.clock.now();
        let state = |issuer: &Arc<Issuer>| {
            let status = issuer.keys.status(now);
            IssuerState {
                id: issuer.id.clone(),
                keys_age: status.age,
                keys: status.keys,
                last_error: status.last_error.as_ref().map(|error| error.code()),
                introspection: issuer.introspection.as_ref().map(Introspected::state),
            }
        };
        self.issuers.iter().map(state).collect()
    }

    /// How many tokens are remembered as good.
    pub fn verified_tokens(&self) -> usize {
        self.verified.len()
    }

    /// How often tokens were looked for among those.
    pub fn verified_lookups(&self) -> Lookups {
        self.verified.lookups()
    }

    /// How the stores are in which requests are counted.
    pub fn limiter(&self) -> LimiterState {
        self.counting.state()
    }
}

fn reason(issuer: &str, error: Option<&LoadError>) -> String {
    match error {
        Some(error) => format!("the keys of issuer {issuer:?} are not there yet: {error}"),
        None => format!("the keys of issuer {issuer:?} are not there yet"),
    }
}

async fn load(issuer: &Issuer, now: UnixMillis) {
    if let Err(error) = issuer.keys.load(now).await {
        tracing::warn!(issuer = issuer.id, "no keys of this issuer yet: {error}");
    }
}
