//! Audit events that did not reach a reader.

use keyward_domain::event::Outcome;
use prometheus_client::metrics::counter::Counter;

/// Counts lost events. Clones share their counts; [`crate::metrics::Metrics::losses`] gives the one that is exported.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    successes: Counter,
    failures: Counter,
    unwritten: Counter,
}

impl Losses {
    /// Counts that show up elsewhere too.
    pub(crate) fn new(successes: Counter, failures: Counter, unwritten: Counter) -> Self {
        Self {
            successes,
            failures,
            unwritten,
        }
    }

    /// Events dropped because the queue was full or closed.
    pub fn dropped(&self) -> u64 {
        self.successes.get() + self.failures.get()
    }

    /// Dropped events of one outcome.
    pub fn dropped_with(&self, outcome: Outcome) -> u64 {
        self.counter(outcome).get()
    }

    /// Events that a [`super::Writer`] could not write.
    pub fn unwritten(&self) -> u64 {
        self.unwritten.get()
    }

    pub(super) fn drop_one(&self, outcome: Outcome) {
        self.counter(outcome).inc();
    }

    pub(super) fn leave_unwritten(&self, events: u64) {
        self.unwritten.inc_by(events);
    }

    fn counter(&self, outcome: Outcome) -> &Counter {
        match outcome {
            Outcome::Success => &self.successes,
            Outcome::Failure => &self.failures,
        }
    }
}
