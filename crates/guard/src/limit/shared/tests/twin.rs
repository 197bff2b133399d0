//! The script and the local store say the same.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Runtime;

use super::super::script::Instant;
use super::{at, bucket, gcra, server, store, window};
use crate::limit::limiter::Verb;
use crate::limit::{Bucket, KeySecret, LocalStore, Report};

fn local(local: &LocalStore, verb: Verb, buckets: &[Bucket], now: u64) -> Report {
    match verb {
        Verb::Take => local.take(buckets, at(now)),
        Verb::Peek => local.peek(buckets, at(now)),
        Verb::Penalise => local.penalise(buckets, at(now)),
    }
}

#[test]
fn the_script_is_the_twin_of_the_local_store() {
    let Some(url) = server() else { return };
    let runtime = Runtime::new().unwrap();
    let shared = runtime.block_on(async { store(&url) });
    let limits = [
        window("one", 6, 60),
        gcra("two", 7, 60, 5),
        window("three", 300, 1),
        gcra("four", 1_000_000, 86_400, 1_000_000),
        window("five", 1_000_000, 86_400),
        gcra("six", 999_983, 86_399, 3),
    ];
    let cost = prop_oneof![8 => 1..4_u32, 1 => 1..=1_000_000_u32];
    let taken = prop::collection::vec((0..2_u32, 0..limits.len(), cost), 1..5);
    let verb = prop_oneof![8 => Just(Verb::Take), 1 => Just(Verb::Peek), 1 => Just(Verb::Penalise)];
    let pause = prop_oneof![6 => 0..50_u64, 3 => 0..3_000_u64, 1 => 0..100_000_u64];
    let operations = prop::collection::vec((verb, taken, pause), 1..120);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&operations, |operations| {
        let (alone, secret, mut now) = (LocalStore::new(10_000), KeySecret::random(), 0);
        for (verb, taken, pause) in operations {
            now += pause;
            let buckets: Vec<_> = taken
                .iter()
                .map(|(key, at, cost)| bucket(&secret, &limits[*at], *key, *cost))
                .collect();
            let report = runtime.block_on(shared.run_at(verb, &buckets, Instant::At(at(now).0), at(now)));
            let report = report.map_err(|why| TestCaseError::fail(format!("{why:?}")))?;
            let expected = local(&alone, verb, &buckets, now);
            prop_assert_eq!(report.standings(), expected.standings());
        }
        Ok(())
    });
    outcome.unwrap();
}
