//! One record and one count of each decision.

use std::sync::Arc;

use keyward_domain::event;
use keyward_guard::audit::{Observer, Outcome, Record};
use keyward_observe::audit::{AuditQueue, Line};
use keyward_observe::guard::GuardMetrics;

/// Where decisions go.
pub(super) struct Recorder {
    pub(super) metrics: Arc<GuardMetrics>,
    /// Nothing when nobody wants records.
    pub(super) queue: Option<Arc<AuditQueue<Line>>>,
}

impl Observer for Recorder {
    fn decided(&self, record: &Record<'_>) {
        self.metrics
            .decided(record.route, record.outcome.as_str(), record.reason);
        let Some(queue) = &self.queue else { return };
        let outcome = match record.outcome {
            Outcome::Allow | Outcome::Answer => event::Outcome::Success,
            Outcome::Deny | Outcome::ShadowDeny => event::Outcome::Failure,
        };
        // A record is made of numbers and of texts that came as UTF-8: it has a line.
        if let Ok(line) = Line::of(record, outcome) {
            queue.push(line);
        }
    }
}
