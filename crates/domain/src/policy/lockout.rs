//! Whoever guesses passwords has to wait, longer each time: per user by Keycloak's realm fields, and per address by a
//! rule of our own against one password tried on many users.
//!
//! Pure functions over one record, which the caller keeps in a row. Whoever is locked is answered like one whose
//! password is wrong, and the attempt does not count.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

mod address;

pub use address::AddressDelay;

/// A realm's brute force protection: Keycloak's fields and defaults. Off unless set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BruteForce {
    /// Whether anybody is locked out at all (`bruteForceProtected`). Nothing here reads it: where it is off, the
    /// caller neither counts nor asks.
    pub protected: bool,
    /// Whether a lock-out becomes permanent after [`Self::max_temporary_lockouts`].
    pub permanent_lockout: bool,
    /// Temporary lock-outs before the permanent one; 0 locks permanently at the first.
    pub max_temporary_lockouts: u32,
    /// How the wait grows (`bruteForceStrategy`).
    pub strategy: Strategy,
    /// The longest wait in seconds.
    pub max_failure_wait_seconds: u32,
    /// The wait in seconds after two failures in quick succession.
    pub minimum_quick_login_wait_seconds: u32,
    /// The step in seconds by which the wait grows.
    pub wait_increment_seconds: u32,
    /// Failures less than these milliseconds apart are in quick succession.
    pub quick_login_check_milli_seconds: u32,
    /// Seconds without a failure after which the earlier ones are forgotten.
    pub max_delta_time_seconds: u32,
    /// Failures before the first wait; 0 counts as 1.
    pub failure_factor: u32,
}

impl Default for BruteForce {
    fn default() -> Self {
        Self {
            protected: false,
            permanent_lockout: false,
            max_temporary_lockouts: 0,
            strategy: Strategy::Multiple,
            max_failure_wait_seconds: 900,
            minimum_quick_login_wait_seconds: 60,
            wait_increment_seconds: 60,
            quick_login_check_milli_seconds: 1000,
            max_delta_time_seconds: 43_200,
            failure_factor: 30,
        }
    }
}

/// How the wait grows with the failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Strategy {
    /// One step for each full `failure_factor` of failures.
    #[default]
    Multiple,
    /// One step for each failure from `failure_factor` on.
    Linear,
}

/// What is remembered of the failures of a user, or of those from an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// Failures that count.
    pub failures: i64,
    /// Temporary lock-outs since the failures were last forgotten; quick successions do not count.
    pub temporary_lockouts: i64,
    /// The last failure. For an address: the instant up to which failures were forgiven, less than
    /// [`AddressDelay::forgiven_after_seconds`] before it.
    pub last_failure_at: Timestamp,
    /// Locked before this instant.
    pub locked_until: Option<Timestamp>,
    /// Locked until an administrator says otherwise.
    pub permanently: bool,
}

/// Whether nobody may log in now. Asked before the password is compared.
pub fn is_locked(record: Option<&FailureRecord>, now: Timestamp) -> bool {
    record.is_some_and(|record| record.permanently || record.locked_until.is_some_and(|until| now < until))
}

/// The record of a user after a failed login at `now`.
pub fn after_failure(record: Option<FailureRecord>, now: Timestamp, settings: &BruteForce) -> FailureRecord {
    let at_once = settings.permanent_lockout && settings.max_temporary_lockouts == 0;
    let since_last = record.map(|record| now.millis_since(record.last_failure_at));
    let forgotten =
        !at_once && since_last.is_some_and(|millis| millis > seconds(settings.max_delta_time_seconds) * 1000);
    let mut next = record.unwrap_or_default();
    if forgotten {
        // A permanent lock-out is not forgotten: only an administrator ends it.
        next = FailureRecord {
            permanently: next.permanently,
            ..FailureRecord::default()
        };
    }
    next.failures = next.failures.saturating_add(1);
    next.last_failure_at = now;

    let wait = if at_once {
        0
    } else {
        wait_seconds(next.failures, settings)
    };
    if wait > 0 {
        next.temporary_lockouts = next.temporary_lockouts.saturating_add(1);
        if !settings.permanent_lockout || next.temporary_lockouts <= i64::from(settings.max_temporary_lockouts) {
            lock(&mut next, now, wait.min(seconds(settings.max_failure_wait_seconds)));
        }
    } else if since_last.is_some_and(|millis| millis < i64::from(settings.quick_login_check_milli_seconds)) {
        let wait = seconds(settings.minimum_quick_login_wait_seconds);
        // As in Keycloak, the longest wait is one of the temporary lock-outs, which this realm does not have.
        let longest = if at_once {
            i64::MAX
        } else {
            seconds(settings.max_failure_wait_seconds)
        };
        lock(&mut next, now, wait.min(longest));
    }
    if settings.permanent_lockout {
        next.permanently |= if at_once {
            next.failures >= factor(settings)
        } else {
            next.temporary_lockouts > i64::from(settings.max_temporary_lockouts)
        };
    }
    next
}

/// The record of a user after a login: none, the row goes. A permanent lock-out stays, should a login that began
/// before it still end well.
pub fn after_success(record: FailureRecord) -> Option<FailureRecord> {
    record.permanently.then_some(record)
}

/// The wait by the realm's strategy, not yet capped; 0 before `failure_factor`.
fn wait_seconds(failures: i64, settings: &BruteForce) -> i64 {
    let steps = match settings.strategy {
        Strategy::Multiple => failures.div_euclid(factor(settings)),
        Strategy::Linear => failures.saturating_sub(factor(settings)).saturating_add(1).max(0),
    };
    steps.saturating_mul(seconds(settings.wait_increment_seconds))
}

/// Never earlier than it was: a quick failure must not end a longer wait.
fn lock(record: &mut FailureRecord, now: Timestamp, wait: i64) {
    record.locked_until = record.locked_until.max(Some(now.plus_secs(wait)));
}

fn factor(settings: &BruteForce) -> i64 {
    i64::from(settings.failure_factor.max(1))
}

fn seconds(setting: u32) -> i64 {
    i64::from(setting)
}

#[cfg(test)]
mod tests;
