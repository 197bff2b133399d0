//! What is remembered of one key, by either algorithm. All instants are milliseconds since 1970.

use super::gcra::Gcra;
use super::window::Window;
use super::{Algorithm, Quota};

/// Above this heat a key is hot: it keeps its place in the store.
pub(super) const HOT: u64 = FULL / 2;

/// The heat of a key that used all it may.
pub(super) const FULL: u64 = 1 << 10;

/// What is remembered of one key.
#[derive(Debug, Clone)]
pub(super) enum State {
    Gcra(Gcra),
    Window(Window),
}

/// How much of a limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    /// Requests that would still fit now.
    pub(super) remaining: u32,
    /// Milliseconds until one more than that fits; 0 when all are there.
    pub(super) more_after: u64,
    /// Milliseconds until everything is there again.
    pub(super) reset_after: u64,
}

impl State {
    pub(super) fn fresh(quota: Quota) -> Self {
        match quota.algorithm() {
            Algorithm::Window => Self::Window(Window::default()),
            Algorithm::Gcra => Self::Gcra(Gcra::default()),
        }
    }

    /// How long until `cost` fits; nothing if it does now. For a cost that never fits, one window.
    pub(super) fn wait(&mut self, quota: Quota, cost: u64, now: u64) -> Option<u64> {
        match self {
            Self::Window(window) => window.wait(quota, cost, now),
            Self::Gcra(gcra) => gcra.wait(quota, cost, now),
        }
    }

    /// Takes `cost`, whether it fits or not.
    pub(super) fn spend(&mut self, quota: Quota, cost: u64, now: u64) {
        match self {
            Self::Window(window) => window.spend(quota, cost, now),
            Self::Gcra(gcra) => gcra.spend(quota, cost, now),
        }
    }

    pub(super) fn usage(&mut self, quota: Quota, now: u64) -> Usage {
        match self {
            Self::Window(window) => window.usage(quota, now),
            Self::Gcra(gcra) => gcra.usage(quota, now),
        }
    }

    /// Which part of what it may is used, of [`FULL`]; 0 only when the state can be forgotten.
    pub(super) fn heat(&mut self, quota: Quota, now: u64) -> u64 {
        match self {
            Self::Window(window) => window.heat(quota, now),
            Self::Gcra(gcra) => gcra.heat(quota, now),
        }
    }

    /// Becomes a state that at no later instant lets through more than either of the two would.
    pub(super) fn join(&mut self, other: &Self, quota: Quota, now: u64) {
        match (self, other) {
            (Self::Window(one), Self::Window(other)) => one.join(other, quota, now),
            (Self::Gcra(one), Self::Gcra(other)) => one.join(*other),
            // One limit has one algorithm.
            (Self::Window(_), Self::Gcra(_)) | (Self::Gcra(_), Self::Window(_)) => {}
        }
    }
}

#[cfg(test)]
impl State {
    /// What it takes outside of itself.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Window(window) => usize::try_from(window.memory() - 1).unwrap() * 8,
            Self::Gcra(_) => 0,
        }
    }
}
