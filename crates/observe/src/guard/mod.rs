//! What a scraper of a guard sees.
//!
//! Decisions are counted as they are made; everything else is a state that the guard has anyway and that is looked at
//! when somebody asks, so that it costs requests nothing.

mod decisions;
mod state;

use std::fmt;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

use crate::audit::Losses;
use crate::metrics;
use decisions::Decisions;
use state::Gauges;
pub use state::{GuardState, IntrospectionState, IssuerState, LimitsState, Lookups, SharedStoreState};

/// Every metric of one guard's process.
///
/// Labels are bounded: routes and issuers of the configuration, reasons and errors of closed lists. Nothing that a caller
/// sends becomes a label.
#[derive(Debug)]
pub struct GuardMetrics {
    registry: Registry,
    decisions: Decisions,
    gauges: Mutex<Gauges>,
    losses: Losses,
}

impl GuardMetrics {
    /// Metrics of a guard of this version.
    pub fn new(version: &'static str) -> Self {
        let mut registry = Registry::default();
        metrics::register_build(version, &mut registry);
        let decisions = Decisions::register(&mut registry);
        let gauges = Gauges::register(&mut registry);
        let losses = metrics::register_losses(&mut registry);
        Self {
            registry,
            decisions,
            gauges: Mutex::new(gauges),
            losses,
        }
    }

    /// Counts a decision: the route as it is configured, what became of the request, and why it was refused. A decision
    /// on no route has an empty `route`, one that refused nothing an empty `reason`.
    pub fn decided(&self, route: Option<&str>, outcome: &'static str, reason: Option<&'static str>) {
        self.decisions
            .count(route.unwrap_or_default(), outcome, reason.unwrap_or_default());
    }

    /// The counts for [`crate::audit::AuditQueue`] and [`crate::audit::Writer`].
    pub fn losses(&self) -> Losses {
        self.losses.clone()
    }

    /// OpenMetrics text with the guard's state of now; its media type is [`metrics::CONTENT_TYPE`]. Fails only if a
    /// metric cannot be formatted.
    pub fn encode(&self, state: &GuardState) -> Result<String, fmt::Error> {
        // Held until the text is there: another scrape must not meet half of a new state.
        let gauges = self.gauges.lock().unwrap_or_else(PoisonError::into_inner);
        gauges.show(state);
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests;
