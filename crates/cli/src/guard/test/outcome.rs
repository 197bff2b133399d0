//! What a request came to.

use std::fmt;

use keyward_guard::{Decision, Verdict};

use super::case::{Expected, KnownReason};

/// What a request came to, as the cases say it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) status: u16,
    pub(super) reason: Option<&'static str>,
    /// How it came to that, when it should not have.
    pub(super) steps: String,
}

impl Outcome {
    /// A request that passes is a 200; on a route in shadow mode the reason is there all the same.
    pub(super) fn of(decision: &Decision) -> Self {
        let (status, denial) = match (&decision.verdict, &decision.shadowed) {
            (Verdict::Deny(denial), _) => (denial.reason.outward().status, Some(denial)),
            (Verdict::Answer(response), _) => (response.status().as_u16(), None),
            (Verdict::Allow, shadowed) => (200, shadowed.as_ref()),
        };
        Self {
            status,
            reason: denial.map(|denial| denial.reason.code()),
            steps: String::new(),
        }
    }

    /// Whether it is what was expected; a reason that nobody names may be any.
    pub(super) fn is(&self, expected: &Expected) -> bool {
        let reason = expected.reason.map(|KnownReason(code)| code);
        self.status == expected.status && (reason.is_none() || reason == self.reason)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.status, self.reason)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.status, self.reason.map(|KnownReason(code)| code))
    }
}

fn show(f: &mut fmt::Formatter<'_>, status: u16, reason: Option<&str>) -> fmt::Result {
    match reason {
        Some(reason) => write!(f, "{status} {reason}"),
        None => write!(f, "{status}"),
    }
}
