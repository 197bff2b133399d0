//! What a guard is like at the moment of a scrape.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// What a guard is like.
#[derive(Clone, Debug, Default)]
pub struct GuardState {
    /// Whether the keys of every issuer that is required are there.
    pub ready: bool,
    /// How often the configuration was read with success; 1 since the start.
    pub generation: u64,
    /// How often a configuration could not be used and the one before stayed.
    pub failed_reloads: u64,
    /// Tokens that are remembered as good.
    pub verified_tokens: u64,
    /// How often tokens were looked for among them, if somebody counts.
    pub verified_lookups: Option<Lookups>,
    /// The counts of callers in this process, if they can be seen.
    pub limits: Option<LimitsState>,
    /// The store of counts that several guards share, if there is one.
    pub shared_store: Option<SharedStoreState>,
    /// Who issues tokens.
    pub issuers: Vec<IssuerState>,
    /// Counts of the gateway since the start, each with its name.
    pub gateway: Vec<(&'static str, u64)>,
}

/// How often something was looked for since the start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lookups {
    /// It was there.
    pub hits: u64,
    /// It was not.
    pub misses: u64,
}

/// What the counts of callers in one process are like.
#[derive(Clone, Copy, Debug, Default)]
pub struct LimitsState {
    /// Callers whose requests are counted.
    pub callers: u64,
    /// Callers that were forgotten although they had used something, for want of room.
    pub evicted: u64,
}

/// What the shared store of counts is like.
#[derive(Clone, Copy, Debug, Default)]
pub struct SharedStoreState {
    /// Whether it answered when it was last asked.
    pub up: bool,
    /// How often it did not.
    pub failures: u64,
}

/// What an issuer is like.
#[derive(Clone, Debug, Default)]
pub struct IssuerState {
    /// Its name in the configuration.
    pub id: String,
    /// How many keys it has.
    pub keys: u64,
    /// How long ago they were fetched; nothing if they never were.
    pub keys_age: Option<Duration>,
    /// Why the latest fetch failed, if it did.
    pub last_error: Option<&'static str>,
    /// How it answers questions about tokens, if it is asked any.
    pub introspection: Option<IntrospectionState>,
}

/// How an issuer answered since the start.
#[derive(Clone, Copy, Debug, Default)]
pub struct IntrospectionState {
    /// Answers, whatever they said.
    pub answered: u64,
    /// Questions that were not answered.
    pub failed: u64,
    /// How long both took together.
    pub took: Duration,
}

/// The metrics that show a state.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    ready: Gauge,
    generation: Gauge,
    failed_reloads: Counter,
    verified_tokens: Gauge,
    verified: Family<Found, Counter>,
    limited: Family<OfStore, Gauge>,
    evicted: Family<OfStore, Counter>,
    limit_store_up: Family<OfStore, Gauge>,
    limit_store_failures: Family<OfStore, Counter>,
    keys: Family<OfIssuer, Gauge>,
    keys_age: Family<OfIssuer, Gauge<f64, AtomicU64>>,
    keys_error: Family<Failing, Gauge>,
    introspections: Family<Asked, Counter>,
    introspection_took: Family<OfIssuer, Counter<f64, AtomicU64>>,
    gateway: Family<Named, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStore {
    store: &'static str,
}

/// The store of this process.
const LOCAL: OfStore = OfStore { store: "local" };

/// The one that is asked over the network.
const SHARED: OfStore = OfStore { store: "shared" };

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfIssuer {
    issuer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failing {
    issuer: String,
    error: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    issuer: String,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Found {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    kind: &'static str,
}

impl Gauges {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let it = Self::default();
        macro_rules! register {
            ($($name:literal $help:literal $field:ident;)*) => {
                $(registry.register($name, $help, it.$field.clone());)*
            };
        }
        register! {
            "keyward_guard_ready" "1 when the keys of every issuer that is required are there" ready;
            "keyward_guard_config_generation" "How often the configuration was read with success" generation;
            "keyward_guard_config_failed_reloads" "Configurations that could not be used" failed_reloads;
            "keyward_guard_verified_tokens" "Tokens that are remembered as good" verified_tokens;
            "keyward_guard_verified_token_lookups" "Tokens that were looked for among those" verified;
            "keyward_guard_limit_callers" "Callers whose requests a store counts" limited;
            "keyward_guard_limit_callers_evicted" "Callers whose count was given up for want of room" evicted;
            "keyward_guard_limit_store_up" "1 when a store of counts answered last" limit_store_up;
            "keyward_guard_limit_store_failures" "Questions that a store of counts did not answer" limit_store_failures;
            "keyward_guard_issuer_keys" "Keys of the issuer" keys;
            "keyward_guard_issuer_keys_error" "1 with the error of the latest fetch of keys, when it failed" keys_error;
            "keyward_guard_introspections" "Questions about tokens, by whether they were answered" introspections;
            "keyward_guard_gateway_events" "What happened at the gateway beside decisions" gateway;
        }
        registry.register_with_unit(
            "keyward_guard_issuer_keys_age",
            "Since the issuer's keys were fetched",
            Unit::Seconds,
            it.keys_age.clone(),
        );
        registry.register_with_unit(
            "keyward_guard_introspection_time",
            "How long questions about tokens took together",
            Unit::Seconds,
            it.introspection_took.clone(),
        );
        it
    }

    pub(super) fn show(&self, state: &GuardState) {
        self.ready.set(i64::from(state.ready));
        self.generation.set(gauge(state.generation));
        set(&self.failed_reloads, state.failed_reloads);
        self.verified_tokens.set(gauge(state.verified_tokens));
        if let Some(Lookups { hits, misses }) = state.verified_lookups {
            for (result, count) in [("hit", hits), ("miss", misses)] {
                set(&self.verified.get_or_create(&Found { result }), count);
            }
        }
        if let Some(limits) = state.limits {
            self.limited.get_or_create(&LOCAL).set(gauge(limits.callers));
            set(&self.evicted.get_or_create(&LOCAL), limits.evicted);
        }
        self.limit_store_up.clear();
        self.limit_store_failures.clear();
        if let Some(shared) = state.shared_store {
            self.limit_store_up.get_or_create(&SHARED).set(i64::from(shared.up));
            set(&self.limit_store_failures.get_or_create(&SHARED), shared.failures);
        }
        self.show_issuers(&state.issuers);
        for (kind, count) in &state.gateway {
            set(&self.gateway.get_or_create(&Named { kind }), *count);
        }
    }

    /// Issuers come and go with the configuration.
    fn show_issuers(&self, issuers: &[IssuerState]) {
        self.keys.clear();
        self.keys_age.clear();
        self.keys_error.clear();
        self.introspections.clear();
        self.introspection_took.clear();
        for issuer in issuers {
            let name = || issuer.id.clone();
            let labels = OfIssuer { issuer: name() };
            self.keys.get_or_create(&labels).set(gauge(issuer.keys));
            if let Some(age) = issuer.keys_age {
                self.keys_age.get_or_create(&labels).set(age.as_secs_f64());
            }
            if let Some(error) = issuer.last_error {
                let failing = Failing { issuer: name(), error };
                self.keys_error.get_or_create(&failing).set(1);
            }
            if let Some(introspection) = &issuer.introspection {
                for (result, count) in [("answered", introspection.answered), ("failed", introspection.failed)] {
                    let asked = Asked { issuer: name(), result };
                    set(&self.introspections.get_or_create(&asked), count);
                }
                let took = self.introspection_took.get_or_create(&labels);
                took.inner()
                    .store(introspection.took.as_secs_f64().to_bits(), Ordering::Relaxed);
            }
        }
    }
}

fn gauge(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Shows a count that is kept elsewhere.
fn set(counter: &Counter, value: u64) {
    counter.inner().store(value, Ordering::Relaxed);
}
