use std::time::Duration;

use crate::load::Measured;

use super::scenario::Scenario;

/// One row's figures.
pub(super) struct Row {
    pub(super) scenario: Scenario,
    /// The administrator alone: the round whose rate is the median.
    pub(super) alone: Measured,
    /// Tokens with and without the administrator beside them.
    pub(super) pairs: Vec<Pair>,
}

/// One measurement of the tail of tokens that fill the core, without the administrator and one beside.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) without: Duration,
    pub(super) beside: Duration,
    /// How many a second the administrator got meanwhile.
    pub(super) admin_per_second: f64,
    pub(super) half: Half,
}

/// The same of tokens that come evenly and take half of the core.
#[derive(Clone, Copy)]
pub(super) struct Half {
    pub(super) without: Duration,
    pub(super) beside: Duration,
}

impl Pair {
    pub(super) fn ratio(&self) -> f64 {
        self.beside.as_secs_f64() / self.without.as_secs_f64()
    }
}

impl Row {
    /// The pair whose ratio is the median.
    pub(super) fn pair(&self) -> Option<Pair> {
        let mut pairs = self.pairs.clone();
        pairs.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        pairs.get(pairs.len() / 2).copied()
    }

    /// The median of a tail at half of the core.
    pub(super) fn at_half(&self, which: impl Fn(&Half) -> Duration) -> Duration {
        let mut all: Vec<_> = self.pairs.iter().map(|pair| which(&pair.half)).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    }
}
