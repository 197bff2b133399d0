//! The step that counts requests: which limits a request takes from, and for whom.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderMap;
use keyward_client::UnixMillis;

use crate::caller::{Caller, Credential};
use crate::denial::{Denial, Reason, Wanted};
use crate::limit::{Bucket, HeaderStyle, KeySecret, Limit, Limiter, LimiterState, Part, Report};
use crate::route::Route;
use crate::settings::{LimitKey, Mode, SharedStore};

/// Counts requests and failures, for all routes of a guard.
pub(crate) struct Counting {
    limiter: Arc<Limiter>,
    secret: KeySecret,
    failures: Option<Arc<Limit>>,
    shared_store: Option<SharedStore>,
    /// When somebody failed last, in milliseconds of Unix time; 0 for never.
    failed_at: Arc<AtomicU64>,
}

/// Longer than the window in which failures are counted.
const FAILURES_REMEMBERED: Duration = Duration::from_mins(2);

/// One configured limit: how many, by kind of caller, and who shares a count.
pub(crate) struct Rule {
    pub(crate) user: Arc<Limit>,
    pub(crate) client: Arc<Limit>,
    pub(crate) anonymous: Arc<Limit>,
    pub(crate) key: Vec<LimitKey>,
}

impl Rule {
    /// As it is configured.
    pub(crate) fn name(&self) -> &str {
        self.user.name()
    }

    fn of(&self, caller: Option<&Caller>) -> &Arc<Limit> {
        match caller.map(Caller::kind) {
            Some(Credential::User) => &self.user,
            Some(Credential::Client) => &self.client,
            None => &self.anonymous,
        }
    }

    fn bucket(&self, secret: &KeySecret, route: &Route, caller: Option<&Caller>, address: IpAddr) -> Bucket {
        let limit = self.of(caller);
        let mut parts = Vec::with_capacity(self.key.len() + 1);
        for part in &self.key {
            match part {
                LimitKey::Route => parts.push(Part::Route(&route.name)),
                LimitKey::Address => parts.push(Part::Address(address)),
                LimitKey::Client => parts.extend(client(caller)),
                LimitKey::Subject => parts.extend(subject(caller)),
                LimitKey::Caller => parts.extend(client(caller).into_iter().chain(subject(caller))),
            }
        }
        // What would be refused in earnest is told; what is spent in earnest is not touched.
        if route.mode() == Mode::Shadow {
            parts.push(Part::Other {
                name: "mode",
                value: b"shadow",
            });
        }
        // Who has neither name would share one count with everybody of their sort.
        if parts
            .iter()
            .all(|part| matches!(part, Part::Route(_) | Part::Other { .. }))
        {
            parts.push(Part::Address(address));
        }
        Bucket::one(Arc::clone(limit), secret.key(limit, &parts))
    }
}

fn client(caller: Option<&Caller>) -> Option<Part<'_>> {
    let caller = caller?;
    let (issuer, client_id) = (caller.issuer(), caller.client_id()?);
    Some(Part::Client { issuer, client_id })
}

fn subject(caller: Option<&Caller>) -> Option<Part<'_>> {
    let caller = caller?;
    let (issuer, subject) = (caller.issuer(), caller.subject()?);
    Some(Part::Subject { issuer, subject })
}

impl Counting {
    /// Over one limiter; `failures` bounds the bad tokens of an address.
    pub(crate) fn new(limiter: Arc<Limiter>, secret: KeySecret, failures: Option<Arc<Limit>>) -> Self {
        Self {
            limiter,
            secret,
            failures,
            shared_store: None,
            failed_at: Arc::default(),
        }
    }

    /// Where limits are counted that several guards share.
    pub(crate) fn at(self, shared_store: &SharedStore) -> Self {
        Self {
            shared_store: Some(shared_store.clone()),
            ..self
        }
    }

    /// Where that is.
    pub(crate) fn shared_store(&self) -> Option<&SharedStore> {
        self.shared_store.as_ref()
    }

    /// Waits a moment for the shared store, if there is one. Without it counting begins as `on_store_error` says.
    #[cfg(feature = "redis")]
    pub(crate) async fn connect(&self) {
        if self.limiter.connect().await.is_err() {
            tracing::warn!("the shared store of limits is out of reach");
        }
    }

    /// How the stores are.
    pub(crate) fn state(&self) -> LimiterState {
        self.limiter.state()
    }

    /// The same counts under another bound on failures.
    pub(crate) fn with_failures(&self, failures: Option<Arc<Limit>>) -> Self {
        Self {
            limiter: Arc::clone(&self.limiter),
            secret: self.secret.clone(),
            failures,
            shared_store: self.shared_store.clone(),
            failed_at: Arc::clone(&self.failed_at),
        }
    }

    /// Takes from every limit of a route, or from none.
    pub(crate) async fn take(
        &self,
        route: &Route,
        caller: Option<&Caller>,
        address: IpAddr,
        now: UnixMillis,
    ) -> Result<Option<Report>, (Denial, Option<Report>)> {
        let of_policy = route.policy.iter().flat_map(|policy| &policy.limits);
        let buckets: Vec<Bucket> = of_policy
            .chain(&route.limits)
            .map(|rule| rule.bucket(&self.secret, route, caller, address))
            .collect();
        if buckets.is_empty() {
            return Ok(None);
        }
        let Ok(report) = self.limiter.take(&buckets, now).await else {
            return Err((Reason::LimitUnavailable.into(), None));
        };
        let Some(violated) = report.violated().next() else {
            return Ok(Some(report));
        };
        let denial = Denial {
            reason: Reason::Limit,
            wanted: Wanted::Later {
                after: report.retry_after().unwrap_or(Duration::from_secs(1)),
                policy: Some(violated.limit.name().to_owned()),
            },
        };
        Err((denial, Some(report)))
    }

    /// Whether an address may still be listened to.
    pub(crate) async fn check_failures(&self, address: IpAddr, now: UnixMillis) -> Result<(), Denial> {
        // Nearly always nobody has failed lately, and nobody's count has to be looked for.
        let failed_at = UnixMillis(self.failed_at.load(Ordering::Relaxed));
        if failed_at.0 == 0 || now.since(failed_at) > FAILURES_REMEMBERED {
            return Ok(());
        }
        let Some(bucket) = self.failure(address) else {
            return Ok(());
        };
        // Failures are counted in this process alone: that never fails.
        let Ok(report) = self.limiter.peek(&[bucket], now).await else {
            return Ok(());
        };
        match report.retry_after() {
            None => Ok(()),
            Some(after) => Err(Denial {
                reason: Reason::Failures,
                wanted: Wanted::Later { after, policy: None },
            }),
        }
    }

    /// Notes a bad token from an address.
    pub(crate) async fn note_failure(&self, address: IpAddr, now: UnixMillis) {
        if let Some(bucket) = self.failure(address) {
            self.failed_at.fetch_max(now.0.max(1), Ordering::Relaxed);
            let _ = self.limiter.penalise(&[bucket], now).await;
        }
    }

    fn failure(&self, address: IpAddr) -> Option<Bucket> {
        let limit = self.failures.as_ref()?;
        let key = self.secret.key(limit, &[Part::Address(address)]);
        Some(Bucket::one(Arc::clone(limit), key))
    }
}

/// Tells a client how it stands.
pub(crate) fn tell(report: &Report, style: HeaderStyle, headers: &mut HeaderMap) {
    style.set(report, headers);
}
