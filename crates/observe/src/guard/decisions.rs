//! Decisions, counted on the request's way.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// Counts by route, outcome and reason.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    counts: Family<Decided, Counter>,
    /// The series already met, found without building a label set.
    met: RwLock<HashMap<String, OfRoute>>,
}

/// The series of one route, by outcome and reason.
type OfRoute = HashMap<(&'static str, &'static str), Counter>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Decided {
    route: String,
    outcome: &'static str,
    reason: &'static str,
}

impl Decisions {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let decisions = Self::default();
        registry.register(
            "keyward_guard_decisions",
            "Decisions on requests; those of the outcome shadow_deny were let through",
            decisions.counts.clone(),
        );
        decisions
    }

    pub(super) fn count(&self, route: &str, outcome: &'static str, reason: &'static str) {
        let met = self.met.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = met.get(route).and_then(|series| series.get(&(outcome, reason))) {
            counter.inc();
            return;
        }
        drop(met);
        let counter = self.counts.get_or_create_owned(&Decided {
            route: route.to_owned(),
            outcome,
            reason,
        });
        counter.inc();
        let mut met = self.met.write().unwrap_or_else(PoisonError::into_inner);
        met.entry(route.to_owned())
            .or_default()
            .insert((outcome, reason), counter);
    }
}
