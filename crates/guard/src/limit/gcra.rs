//! The generic cell rate algorithm, exact. ITU-T I.371, its virtual scheduling form
//!
//! A request is due every window ÷ quota milliseconds, which is no whole number in general. So time is counted in
//! units of 1 ÷ quota milliseconds, of which a request takes exactly as many as the window has milliseconds. With the
//! largest quota the units of an instant fit 64 bits until the year 2527 ([`super::local`] lets no later one in).

use super::Quota;
use super::state::{FULL, Usage};

/// The theoretical arrival time: when everything taken has flowed off.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gcra(u64);

impl Gcra {
    pub(super) fn wait(self, quota: Quota, cost: u64, now: u64) -> Option<u64> {
        wait(quota, self.debt(quota, now), cost)
    }

    pub(super) fn spend(&mut self, quota: Quota, cost: u64, now: u64) {
        let from = self.0.max(units(quota, now));
        self.0 = from.saturating_add(cost.saturating_mul(quota.window_millis()));
    }

    pub(super) fn usage(self, quota: Quota, now: u64) -> Usage {
        usage(quota, self.debt(quota, now))
    }

    pub(super) fn heat(self, quota: Quota, now: u64) -> u64 {
        let full = tolerance(quota);
        (self.debt(quota, now).min(full) * FULL).div_ceil(full)
    }

    pub(super) fn join(&mut self, other: Self) {
        self.0 = self.0.max(other.0);
    }

    /// What was taken and has not flowed off yet, in units.
    fn debt(self, quota: Quota, now: u64) -> u64 {
        self.0.saturating_sub(units(quota, now))
    }
}

/// The verdict on a debt; the shared store asks as well.
pub(super) fn wait(quota: Quota, debt: u64, cost: u64) -> Option<u64> {
    if cost > u64::from(quota.burst()) {
        return Some(quota.window_millis());
    }
    let after = debt.saturating_add(cost * quota.window_millis());
    let over = after.saturating_sub(tolerance(quota));
    (over > 0).then(|| over.div_ceil(u64::from(quota.requests())))
}

/// What is left beside a debt.
pub(super) fn usage(quota: Quota, debt: u64) -> Usage {
    let per_milli = u64::from(quota.requests());
    let room = tolerance(quota).saturating_sub(debt);
    let remaining = room / quota.window_millis();
    // The debt at which one more fits.
    let more = tolerance(quota).saturating_sub((remaining + 1) * quota.window_millis());
    Usage {
        remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
        more_after: if debt == 0 {
            0
        } else {
            (debt - more.min(debt)).div_ceil(per_milli)
        },
        reset_after: debt.div_ceil(per_milli),
    }
}

/// The debt of a whole burst.
fn tolerance(quota: Quota) -> u64 {
    u64::from(quota.burst()) * quota.window_millis()
}

fn units(quota: Quota, millis: u64) -> u64 {
    millis.saturating_mul(u64::from(quota.requests()))
}
