//! What a limiter decided.

use std::sync::Arc;
use std::time::Duration;

use super::Limit;
use super::state::Usage;

/// What a limiter decided about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    standings: Vec<Standing>,
    source: Source,
}

/// Who counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The store of this process, as configured.
    Local,
    /// The shared store.
    Shared,
    /// The store of this process, since the shared one is out of reach.
    LocalInstead,
    /// Nobody counted some of the limits, since the shared store is out of reach.
    Nobody,
}

/// How a caller stands with one limit, after the request was counted. A refused request is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The limit.
    pub limit: Arc<Limit>,
    /// Requests that would still fit.
    pub remaining: u32,
    /// Until one more than that would fit; zero when all are there.
    pub more_after: Duration,
    /// Until everything is there again.
    pub reset_after: Duration,
    /// Until this request would have fitted, if it did not. One window for a cost that never fits.
    pub retry_after: Option<Duration>,
}

impl Report {
    pub(super) const fn new(standings: Vec<Standing>, source: Source) -> Self {
        Self { standings, source }
    }

    pub(super) fn counted_by(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    pub(super) fn into_standings(self) -> impl Iterator<Item = Standing> {
        self.standings.into_iter()
    }

    /// Every limit that was asked, in the order of the buckets. When a limit that this process keeps refuses a
    /// request, those of the shared store are not asked and have no standing.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Whether the request was refused, and so nothing taken.
    pub fn is_refused(&self) -> bool {
        self.violated().next().is_some()
    }

    /// The limits that refused it.
    pub fn violated(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().filter(|standing| standing.retry_after.is_some())
    }

    /// Until all limits would let the request through, if nothing else came in between.
    pub fn retry_after(&self) -> Option<Duration> {
        self.violated().filter_map(|standing| standing.retry_after).max()
    }

    /// Who counted.
    pub const fn source(&self) -> Source {
        self.source
    }
}

impl Standing {
    pub(super) fn new(limit: &Arc<Limit>, usage: Usage, wait: Option<u64>) -> Self {
        Self {
            limit: Arc::clone(limit),
            remaining: usage.remaining,
            more_after: Duration::from_millis(usage.more_after),
            reset_after: Duration::from_millis(usage.reset_after),
            retry_after: wait.map(Duration::from_millis),
        }
    }

    /// As after the last request that fits.
    pub(super) fn spent(limit: &Arc<Limit>) -> Self {
        let window = limit.quota().window_millis();
        let usage = Usage {
            remaining: 0,
            more_after: window,
            reset_after: window,
        };
        Self::new(limit, usage, Some(window))
    }

    pub(super) fn update(&mut self, usage: Usage) {
        self.remaining = usage.remaining;
        self.more_after = Duration::from_millis(usage.more_after);
        self.reset_after = Duration::from_millis(usage.reset_after);
    }
}
