use serde::Serialize;

use crate::clock;
use crate::load::Measured;

/// Machines' tokens beside a storm of logins.
#[derive(Serialize)]
pub(crate) struct Storm {
    /// Before and after the storm, the mean of both.
    pub(crate) alone_per_second: f64,
    pub(crate) alone_p99_ms: f64,
    pub(crate) beside_per_second: f64,
    pub(crate) beside_p99_ms: f64,
    pub(crate) logins_per_second: f64,
    /// The tail of the latency beside the storm to that without it.
    pub(crate) p99_ratio: f64,
}

const HIGHEST_P99_RATIO: f64 = 2.0;

impl Storm {
    pub(crate) fn new(alone: [&Measured; 2], beside: &Measured, logins: &Measured) -> Self {
        let [before, after] = alone;
        let alone_p99_ms = f64::midpoint(clock::millis(before.p99), clock::millis(after.p99));
        let beside_p99_ms = clock::millis(beside.p99);
        Self {
            alone_per_second: f64::midpoint(before.per_second, after.per_second),
            alone_p99_ms,
            beside_per_second: beside.per_second,
            beside_p99_ms,
            logins_per_second: logins.per_second,
            p99_ratio: beside_p99_ms / alone_p99_ms,
        }
    }

    /// Whether the target is met.
    pub(crate) fn met(&self) -> bool {
        self.p99_ratio <= HIGHEST_P99_RATIO
    }

    /// The figures in a line.
    pub(crate) fn line(&self, verdict: &str) -> String {
        let Self {
            alone_per_second,
            alone_p99_ms,
            beside_per_second,
            beside_p99_ms,
            logins_per_second,
            p99_ratio,
        } = self;
        format!(
            "{:<26}client_credentials RS256 alone {alone_per_second:.0}/s, p99 {alone_p99_ms:.1} ms; beside \
             {beside_per_second:.0}/s, p99 {beside_p99_ms:.1} ms and {logins_per_second:.1} logins/s; p99 ratio \
             {p99_ratio:.2} <= {HIGHEST_P99_RATIO}: {verdict}",
            "login storm"
        )
    }
}
