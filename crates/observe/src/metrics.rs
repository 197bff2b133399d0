//! What a scraper sees.

mod events;
mod requests;

use std::fmt;

use keyward_domain::event::Outcome;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::audit::Losses;
pub use events::EventCounter;
use requests::Requests;

/// The media type of [`Metrics::encode`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every metric of one process.
///
/// Labels are bounded: names from the route table, status codes, event names and realms that exist. Nothing that a
/// caller sends becomes a label.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Requests,
    events: events::Counts,
    losses: Losses,
}

impl Metrics {
    /// Metrics of a server of this version with these endpoints, named as [`Metrics::request`] will name them.
    pub fn new(version: &'static str, endpoints: &[&'static str]) -> Self {
        let mut registry = Registry::default();
        register_build(version, &mut registry);
        let requests = Requests::register(endpoints, &mut registry);
        let events = events::Counts::register(&mut registry);
        let losses = register_losses(&mut registry);
        Self {
            registry,
            requests,
            events,
            losses,
        }
    }

    /// Counts one answer: the endpoint, the status code, and the microseconds it took. It neither allocates nor waits
    /// for a scrape; an endpoint that [`Metrics::new`] was not told of counts as `other`.
    pub fn request(&self, endpoint: &'static str, status: u16, micros: u64) {
        self.requests.count(endpoint, status, micros);
    }

    /// The reader that counts events.
    pub fn event_counter(&self) -> EventCounter {
        EventCounter::new(self.events.clone())
    }

    /// The counts for [`crate::audit::AuditQueue`] and [`crate::audit::Writer`].
    pub fn losses(&self) -> Losses {
        self.losses.clone()
    }

    /// OpenMetrics text; its media type is [`CONTENT_TYPE`]. Fails only if a metric cannot be formatted.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Dropped {
    outcome: &'static str,
}

pub(crate) fn register_build(version: &'static str, registry: &mut Registry) {
    let build = Family::<Build, Gauge>::default();
    build.get_or_create(&Build { version }).set(1);
    registry.register("keyward_build_info", "The version that runs", build);
}

pub(crate) fn register_losses(registry: &mut Registry) -> Losses {
    let dropped = Family::<Dropped, Counter>::default();
    let unwritten = Counter::default();
    registry.register(
        "keyward_events_dropped",
        "Audit events that found no place in the queue to their readers",
        dropped.clone(),
    );
    registry.register(
        "keyward_events_unwritten",
        "Audit events that could not be written to the audit output",
        unwritten.clone(),
    );
    // Both are there from the start: a rate needs a zero to begin at.
    let [successes, failures] = [Outcome::Success, Outcome::Failure].map(|outcome| {
        dropped.get_or_create_owned(&Dropped {
            outcome: outcome_label(outcome),
        })
    });
    Losses::new(successes, failures, unwritten)
}

const fn outcome_label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
    }
}

#[cfg(test)]
mod tests;
