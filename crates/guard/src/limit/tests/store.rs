//! [`LocalStore`] against one exact log for each key.

use std::collections::HashMap;

use proptest::prelude::*;

use super::super::{LocalStore, Report};
use super::model::Log;
use super::{at, bucket, costing, gcra, window};

fn remaining(report: &Report) -> Vec<u32> {
    report.standings().iter().map(|standing| standing.remaining).collect()
}

fn waits(report: &Report) -> Vec<Option<u64>> {
    let millis = |span: std::time::Duration| u64::try_from(span.as_millis()).unwrap();
    report
        .standings()
        .iter()
        .map(|standing| standing.retry_after.map(millis))
        .collect()
}

#[test]
fn all_buckets_or_none() {
    let (store, address, client) = (
        LocalStore::new(100),
        window("address", 5, 60),
        gcra("client", 60, 60, 2),
    );
    let both = [bucket(&address, 1), bucket(&client, 1)];
    assert_eq!(remaining(&store.take(&both, at(0))), [4, 1]);
    assert_eq!(remaining(&store.take(&both, at(0))), [3, 0]);
    let refused = store.take(&both, at(0));
    assert!(refused.is_refused());
    assert_eq!(
        (remaining(&refused), waits(&refused)),
        (vec![3, 0], vec![None, Some(1_000)])
    );
    assert_eq!(
        refused
            .violated()
            .map(|standing| standing.limit.name())
            .collect::<Vec<_>>(),
        ["client"]
    );
    // Nothing was taken from the other one, whichever comes first.
    let turned = [bucket(&client, 1), bucket(&address, 1)];
    assert_eq!(remaining(&store.take(&turned, at(0))), [0, 3]);
    assert_eq!(remaining(&store.take(&turned, at(1_000))), [0, 2]);
}

#[test]
fn the_longest_wait_counts() {
    let (store, one, another) = (LocalStore::new(100), window("one", 1, 60), gcra("another", 60, 60, 1));
    let both = [bucket(&one, 1), bucket(&another, 1)];
    assert!(!store.take(&both, at(0)).is_refused());
    let refused = store.take(&both, at(500));
    assert_eq!(waits(&refused), [Some(59_500), Some(500)]);
    assert_eq!(refused.retry_after(), Some(std::time::Duration::from_millis(59_500)));
}

#[test]
fn one_key_twice_pays_twice() {
    let (store, limit) = (LocalStore::new(100), window("limit", 5, 60));
    let twice = [costing(&limit, 1, 2), costing(&limit, 1, 2)];
    assert_eq!(remaining(&store.take(&twice, at(0))), [3, 1]);
    let refused = store.take(&twice, at(0));
    assert_eq!(waits(&refused), [Some(60_000), Some(60_000)]);
    assert_eq!(remaining(&refused), [1, 1]);
}

#[test]
fn a_cost_above_the_quota_is_refused_and_takes_nothing() {
    let (store, limit) = (LocalStore::new(100), window("limit", 5, 60));
    assert_eq!(waits(&store.take(&[costing(&limit, 1, 6)], at(0))), [Some(60_000)]);
    assert_eq!(remaining(&store.take(&[costing(&limit, 1, 5)], at(0))), [0]);
}

#[test]
fn peeking_takes_nothing_and_failures_are_counted_until_they_are_spent() {
    let (store, failures) = (LocalStore::new(100), window("failures", 3, 60));
    let one = [bucket(&failures, 1)];
    for _ in 0..10 {
        assert_eq!(remaining(&store.peek(&one, at(0))), [3]);
    }
    // Five tries came at once and failed: the two that were too many cost no more than there is.
    for left in [2, 1, 0, 0, 0] {
        let noted = store.penalise(&one, at(0));
        assert_eq!((remaining(&noted), noted.is_refused()), (vec![left], false));
    }
    assert_eq!(waits(&store.peek(&one, at(0))), [Some(60_000)]);
    assert!(!store.peek(&[bucket(&failures, 2)], at(0)).is_refused());
    assert!(!store.peek(&one, at(60_000)).is_refused());
    assert_eq!(remaining(&store.penalise(&[costing(&failures, 3, 2)], at(0))), [1]);
    assert_eq!(remaining(&store.penalise(&[costing(&failures, 3, 2)], at(0))), [0]);
}

#[test]
fn no_buckets_no_limit() {
    let report = LocalStore::new(1).take(&[], at(0));
    assert!(!report.is_refused() && report.standings().is_empty());
}

#[test]
fn a_clock_set_back_gives_nothing_and_locks_nobody_out() {
    let (store, limit) = (LocalStore::new(100), window("limit", 2, 60));
    let caller = [bucket(&limit, 1)];
    let hour = 3_600_000;
    assert_eq!(remaining(&store.take(&caller, at(2 * hour))), [1]);
    assert_eq!(remaining(&store.take(&caller, at(hour))), [0]);
    assert_eq!(waits(&store.take(&caller, at(hour + 1_000))), [Some(59_000)]);
    assert_eq!(remaining(&store.take(&caller, at(hour + 60_000))), [1]);
    // Set right again: nothing is forgotten either.
    assert_eq!(remaining(&store.take(&caller, at(2 * hour + 60_001))), [0]);
    assert!(store.take(&caller, at(2 * hour + 60_001)).is_refused());
}

/// One of many keys, one of three limits, and a cost.
type Taken = (u32, usize, u32);

/// Requests, each with the pause before it.
fn operations() -> impl Strategy<Value = Vec<(Vec<Taken>, u64)>> {
    let key = prop_oneof![2 => 0..6_u32, 1 => 0..200_u32];
    let taken = prop::collection::vec((key, 0..3_usize, 1..3_u32), 1..4);
    let pause = prop_oneof![6 => 0..200_u64, 1 => 0..20_000_u64];
    prop::collection::vec((taken, pause), 1..800)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// A store with room for sixteen keys under a storm of two hundred: it may refuse too much, never too little.
    #[test]
    fn eviction_lets_nobody_have_more(operations in operations()) {
        let limits = [window("one", 6, 60), gcra("two", 30, 60, 6), window("three", 6, 10)];
        let (store, mut logs, mut now) = (LocalStore::new(16), HashMap::<_, Log>::new(), 0);
        for (taken, pause) in operations {
            now += pause;
            let buckets: Vec<_> = taken.iter().map(|(key, at, cost)| costing(&limits[*at], *key, *cost)).collect();
            let before = remaining(&store.peek(&buckets, at(now)));
            let report = store.take(&buckets, at(now));
            if report.is_refused() {
                prop_assert_eq!(remaining(&store.peek(&buckets, at(now))), before);
                continue;
            }
            for (key, limit, cost) in taken {
                logs.entry((key, limit)).or_default().let_through(u64::from(cost), now);
            }
        }
        for ((key, at), log) in logs {
            prop_assert_eq!(log.keeps(limits[at].quota()), Ok(()), "key {}", key);
        }
        prop_assert!(store.state().keys <= 16);
    }

    /// With room for all, the store says what the algorithms say.
    #[test]
    fn with_room_for_all_a_key_knows_nothing_of_others(operations in operations()) {
        let limits = [window("one", 6, 60), gcra("two", 30, 60, 6), window("three", 6, 10)];
        let (store, mut alone, mut now) = (LocalStore::new(10_000), HashMap::new(), 0);
        for (taken, pause) in operations {
            now += pause;
            let (key, at_limit, cost) = taken[0];
            let bucket = [costing(&limits[at_limit], key, cost)];
            let own = alone.entry((key, at_limit)).or_insert_with(|| LocalStore::new(1));
            prop_assert_eq!(store.take(&bucket, at(now)), own.take(&bucket, at(now)));
        }
    }
}
