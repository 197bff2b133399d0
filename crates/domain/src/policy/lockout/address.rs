//! The wait of an address from which many logins fail.

use std::net::IpAddr;

use super::FailureRecord;
use crate::timestamp::Timestamp;

/// How an address is slowed when failures of whichever users come from it: the first ones are free, then each doubles
/// the wait. Time alone forgives, one failure after the other; a login does not, or an attacker's own account would
/// clear the address. An office behind one address may fail once a minute for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressDelay {
    /// Failures without any wait.
    pub free_failures: u32,
    /// Seconds in which one failure is forgiven; at least 1.
    pub forgiven_after_seconds: u32,
    /// The longest wait in seconds.
    pub longest_wait_seconds: u32,
}

/// Failures remembered beyond the free ones, so that the day after an attack is an ordinary one: with the defaults all
/// is forgiven after 62 minutes.
const MOST_BEYOND: i64 = 32;

impl Default for AddressDelay {
    fn default() -> Self {
        Self {
            free_failures: 30,
            forgiven_after_seconds: 60,
            longest_wait_seconds: 300,
        }
    }
}

impl AddressDelay {
    /// The record of an address after a failed login from it at `now`. It can be dropped once
    /// [`Self::forgotten_at`] has passed.
    #[must_use]
    pub fn after_failure(&self, record: Option<FailureRecord>, now: Timestamp) -> FailureRecord {
        let record = record.unwrap_or(FailureRecord {
            last_failure_at: now,
            ..FailureRecord::default()
        });
        let elapsed = now.millis_since(record.last_failure_at).max(0);
        let left = record
            .failures
            .saturating_sub(elapsed.div_euclid(self.millis_each()))
            .max(0);
        // The rest of a begun minute stays to its credit, or failures 59 seconds apart were never forgiven.
        let credit = if left == 0 {
            0
        } else {
            elapsed.rem_euclid(self.millis_each())
        };
        let free = i64::from(self.free_failures);
        let failures = left.saturating_add(1).min(free + MOST_BEYOND);
        let beyond = failures - free;
        let wait = match u32::try_from(beyond.saturating_sub(1)) {
            Err(_) => 0,
            Ok(doublings) => 1_u32
                .checked_shl(doublings)
                .unwrap_or(u32::MAX)
                .min(self.longest_wait_seconds),
        };
        FailureRecord {
            failures,
            last_failure_at: Timestamp::from_millis(now.millis().saturating_sub(credit)),
            locked_until: (wait > 0)
                .then(|| now.plus_secs(i64::from(wait)))
                .max(record.locked_until),
            ..FailureRecord::default()
        }
    }

    /// When nothing is left of a record but its row.
    pub fn forgotten_at(&self, record: &FailureRecord) -> Timestamp {
        let millis = record.failures.saturating_mul(self.millis_each());
        let forgiven = Timestamp::from_millis(record.last_failure_at.millis().saturating_add(millis));
        record.locked_until.unwrap_or(forgiven).max(forgiven)
    }

    /// The key under which failures from `address` are counted. One household of IPv6 is one caller, as a /64 is what
    /// a provider gives to one of them; an IPv4 address in IPv6 dress is itself.
    pub fn block(address: IpAddr) -> IpAddr {
        match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => v4,
        }
    }

    fn millis_each(&self) -> i64 {
        i64::from(self.forgiven_after_seconds.max(1)) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressDelay, FailureRecord, Timestamp};
    use crate::policy::lockout::is_locked;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn fail(times: u32, every_seconds: i64) -> (FailureRecord, Timestamp) {
        let mut record = None;
        let mut now = NOW;
        for n in 0..times {
            now = NOW.plus_secs(i64::from(n) * every_seconds);
            record = Some(AddressDelay::default().after_failure(record, now));
        }
        (record.unwrap(), now)
    }

    #[test]
    fn thirty_are_free_and_then_each_doubles_the_wait() {
        let waits: Vec<_> = [30, 31, 32, 33, 38, 39, 40, 200]
            .map(|times| fail(times, 0).0.locked_until.map(|until| until.millis_since(NOW)))
            .into();
        let expected = [0, 1_000, 2_000, 4_000, 128_000, 256_000, 300_000, 300_000];
        assert_eq!(waits, expected.map(|millis| (millis > 0).then_some(millis)));
        assert!(is_locked(Some(&fail(31, 0).0), NOW));
        assert!(!is_locked(Some(&fail(31, 0).0), NOW.plus_secs(1)));
    }

    #[test]
    fn time_forgives_one_failure_after_the_other() {
        let (record, _) = fail(30, 0);
        let after = AddressDelay::default().after_failure(Some(record), NOW.plus_secs(599));
        assert_eq!((after.failures, after.last_failure_at), (22, NOW.plus_secs(540)));
        assert_eq!(after.locked_until, None);
        assert_eq!(AddressDelay::default().forgotten_at(&record), NOW.plus_secs(1800));
        let after = AddressDelay::default().after_failure(Some(record), NOW.plus_secs(1800));
        assert_eq!((after.failures, after.last_failure_at), (1, NOW.plus_secs(1800)));
    }

    #[test]
    fn an_attack_is_forgiven_within_62_minutes() {
        let (record, _) = fail(10_000, 0);
        assert_eq!(record.failures, 62);
        assert_eq!(AddressDelay::default().forgotten_at(&record), NOW.plus_secs(62 * 60));
    }

    #[test]
    fn an_office_that_fails_once_a_minute_never_waits() {
        let (record, now) = fail(10_000, 60);
        assert_eq!((record.failures, is_locked(Some(&record), now)), (1, false));
        // 599 pauses of 59 seconds are 589 whole minutes.
        assert_eq!(fail(600, 59).0.failures, 11);
    }

    #[test]
    fn a_clock_that_went_back_forgives_nothing_and_ends_no_wait() {
        let (record, _) = fail(40, 0);
        let after = AddressDelay::default().after_failure(Some(record), NOW.minus_secs(100));
        assert_eq!((after.failures, after.locked_until), (41, Some(NOW.plus_secs(300))));
    }

    #[test]
    fn hopping_through_a_network_of_ipv6_does_not_help() {
        let block = |text: &str| AddressDelay::block(text.parse().unwrap()).to_string();
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(block("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(block("203.0.113.9"), "203.0.113.9");
    }
}
