//! Events, counted by the queue's thread.

use std::collections::HashMap;

use keyward_domain::event::Event;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::outcome_label;
use crate::audit::Reader;

/// Counts events by name, realm and outcome. An event that concerns no realm has an empty `realm`.
pub struct EventCounter {
    counts: Counts,
    /// The series already met, by realm, then name: found without building a label set.
    met: HashMap<String, HashMap<&'static str, Counter>>,
}

/// The exported counts; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(Family<Happened, Counter>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Happened {
    event: &'static str,
    realm: String,
    outcome: &'static str,
}

impl Counts {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let counts = Self::default();
        registry.register("keyward_events", "Audit events", counts.0.clone());
        counts
    }

    fn counter(&self, realm: &str, event: &Event) -> Counter {
        self.0.get_or_create_owned(&Happened {
            event: event.what.name(),
            realm: realm.to_owned(),
            outcome: outcome_label(event.what.outcome()),
        })
    }
}

impl EventCounter {
    pub(super) fn new(counts: Counts) -> Self {
        Self {
            counts,
            met: HashMap::new(),
        }
    }
}

impl Reader for EventCounter {
    fn read(&mut self, batch: &[Event]) {
        for event in batch {
            let (realm, name) = (event.realm.as_deref().unwrap_or_default(), event.what.name());
            if let Some(counter) = self.met.get(realm).and_then(|names| names.get(name)) {
                counter.inc();
                continue;
            }
            let counter = self.counts.counter(realm, event);
            counter.inc();
            self.met.entry(realm.to_owned()).or_default().insert(name, counter);
        }
    }
}
