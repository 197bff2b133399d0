use super::{BruteForce, FailureRecord, Strategy, after_failure, after_success, is_locked};
use crate::timestamp::Timestamp;

const NOW: Timestamp = Timestamp::from_secs(1_000_000);

/// Five failures before the first wait, ten seconds apart, else Keycloak's defaults.
fn settings() -> BruteForce {
    BruteForce {
        protected: true,
        failure_factor: 5,
        ..BruteForce::default()
    }
}

fn at(failure: u32) -> Timestamp {
    NOW.plus_secs(i64::from(failure) * 10)
}

fn fail(times: u32, settings: &BruteForce) -> FailureRecord {
    let step = |record, n| Some(after_failure(record, at(n), settings));
    (1..=times).fold(None, step).unwrap()
}

/// Seconds to wait after that many failures.
fn wait(times: u32, settings: &BruteForce) -> Option<i64> {
    let until = fail(times, settings).locked_until?;
    Some(until.millis_since(at(times)) / 1000)
}

#[test]
fn multiple_grows_with_each_full_factor() {
    let waits = [1, 4, 5, 6, 9, 10, 14, 15, 74, 75, 500].map(|times| wait(times, &settings()));
    let none = None;
    let expected = [60, 60, 60, 120, 120, 180, 840, 900, 900].map(Some);
    assert_eq!(waits[..2], [none, none]);
    assert_eq!(waits[2..], expected);
}

#[test]
fn linear_grows_with_each_failure_from_the_factor_on() {
    let linear = BruteForce {
        strategy: Strategy::Linear,
        ..settings()
    };
    let waits = [4, 5, 6, 7, 19, 20].map(|times| wait(times, &linear));
    assert_eq!(waits, [None, Some(60), Some(120), Some(180), Some(900), Some(900)]);
}

#[test]
fn the_lock_ends_at_its_instant() {
    let record = fail(5, &settings());
    assert!(is_locked(Some(&record), at(5).plus_secs(59)));
    assert!(!is_locked(Some(&record), at(5).plus_secs(60)));
    assert!(!is_locked(None, NOW));
    assert_eq!((record.failures, record.temporary_lockouts), (5, 1));
    assert_eq!(after_success(record), None);
}

#[test]
fn two_in_a_second_wait_a_minute_as_recorded() {
    let first = after_failure(None, NOW, &settings());
    let quick = after_failure(Some(first), Timestamp::from_millis(NOW.millis() + 999), &settings());
    assert_eq!(quick.locked_until.unwrap().millis_since(NOW), 60_999);
    // As in wire/admin-user-brute-force-status: two failures, no temporary lock-out.
    assert_eq!((quick.failures, quick.temporary_lockouts), (2, 0));
    let slow = after_failure(Some(first), NOW.plus_secs(1), &settings());
    assert_eq!(slow.locked_until, None);
}

#[test]
fn a_quick_failure_ends_no_longer_wait() {
    let locked = FailureRecord {
        failures: 1,
        last_failure_at: NOW,
        locked_until: Some(NOW.plus_secs(600)),
        ..FailureRecord::default()
    };
    assert_eq!(
        after_failure(Some(locked), NOW, &settings()).locked_until,
        Some(NOW.plus_secs(600))
    );
}

#[test]
fn failures_are_forgotten_after_max_delta() {
    let record = fail(9, &settings());
    let within = after_failure(Some(record), at(9).plus_secs(43_200), &settings());
    assert_eq!((within.failures, within.temporary_lockouts), (10, 6));
    let beyond = after_failure(Some(record), at(9).plus_secs(43_201), &settings());
    assert_eq!(
        (beyond.failures, beyond.temporary_lockouts, beyond.locked_until),
        (1, 0, None)
    );
}

#[test]
fn permanent_at_the_first_lock_out() {
    let permanent = BruteForce {
        permanent_lockout: true,
        ..settings()
    };
    let record = fail(4, &permanent);
    assert_eq!((record.permanently, record.locked_until), (false, None));
    let record = fail(5, &permanent);
    assert_eq!((record.permanently, record.locked_until), (true, None));
    assert!(is_locked(Some(&record), NOW.plus_secs(10_000_000)));
    assert_eq!(after_success(record), Some(record));
    // Failures are not forgotten here: somebody who comes back each day is locked all the same.
    let late = after_failure(Some(fail(4, &permanent)), at(4).plus_secs(100_000), &permanent);
    assert!(late.permanently);
}

#[test]
fn permanent_after_two_temporary_ones() {
    let permanent = BruteForce {
        permanent_lockout: true,
        max_temporary_lockouts: 2,
        ..settings()
    };
    assert_eq!(
        (fail(6, &permanent).permanently, wait(6, &permanent)),
        (false, Some(60))
    );
    let record = fail(7, &permanent);
    assert_eq!((record.permanently, record.temporary_lockouts), (true, 3));
    let late = after_failure(Some(record), at(7).plus_secs(100_000), &permanent);
    assert!(late.permanently && late.failures == 1);
}

#[test]
fn settings_that_make_no_sense_do_no_harm() {
    let zero = BruteForce {
        failure_factor: 0,
        max_failure_wait_seconds: u32::MAX,
        wait_increment_seconds: u32::MAX,
        max_delta_time_seconds: u32::MAX,
        ..settings()
    };
    assert!(is_locked(Some(&fail(1, &zero)), at(1)));
    let most = FailureRecord {
        failures: i64::MAX,
        temporary_lockouts: i64::MAX,
        last_failure_at: Timestamp::from_millis(i64::MIN),
        ..FailureRecord::default()
    };
    for strategy in [Strategy::Multiple, Strategy::Linear] {
        after_failure(
            Some(most),
            Timestamp::from_millis(i64::MAX),
            &BruteForce {
                strategy,
                ..zero.clone()
            },
        );
    }
}

#[test]
fn the_stored_form() {
    let stored = r#"{"protected":true,"failure_factor":5,"strategy":"LINEAR"}"#;
    let parsed: BruteForce = serde_json::from_str(stored).unwrap();
    let expected = BruteForce {
        strategy: Strategy::Linear,
        ..settings()
    };
    assert_eq!(parsed, expected);
    assert!(serde_json::from_str::<BruteForce>(r#"{"failureFactor":5}"#).is_err());
}
