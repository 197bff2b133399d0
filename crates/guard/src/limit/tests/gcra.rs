//! [`Gcra`]: exact.

use std::time::Duration;

use proptest::prelude::*;

use super::super::Quota;
use super::super::gcra::Gcra;
use super::super::state::FULL;
use super::START;
use super::model::{Log, Tokens};

fn quota(requests: u32, secs: u64, burst: u32) -> Quota {
    Quota::gcra(requests, Duration::from_secs(secs), burst).unwrap()
}

fn take(gcra: &mut Gcra, quota: Quota, cost: u64, now: u64) -> Option<u64> {
    let wait = gcra.wait(quota, cost, now);
    if wait.is_none() {
        gcra.spend(quota, cost, now);
    }
    wait
}

#[test]
fn a_burst_and_then_an_even_flow() {
    let (quota, mut gcra) = (quota(600, 60, 50), Gcra::default());
    for _ in 0..50 {
        assert_eq!(take(&mut gcra, quota, 1, START), None);
    }
    assert_eq!(take(&mut gcra, quota, 1, START), Some(100));
    assert_eq!(take(&mut gcra, quota, 1, START + 99), Some(1));
    assert_eq!(take(&mut gcra, quota, 1, START + 100), None);
    assert_eq!(take(&mut gcra, quota, 3, START + 100), Some(300));
    assert_eq!(take(&mut gcra, quota, 51, START + 100_000), Some(60_000), "never fits");
    assert_eq!(take(&mut gcra, quota, 50, START + 100_000), None);
}

#[test]
fn thirds_of_milliseconds_add_up() {
    // One request in 333 1/3 ms, and one ahead so that none of that is lost between two tries.
    let (quota, mut gcra) = (quota(3, 1, 2), Gcra::default());
    let through = (0..300_000).filter(|now| take(&mut gcra, quota, 1, START + now).is_none());
    assert_eq!(through.count(), 2 + 899);
}

#[test]
fn usage_over_time() {
    let (quota, mut gcra) = (quota(60, 60, 4), Gcra::default());
    let mut usage = |spend, now| {
        if spend > 0 {
            gcra.spend(quota, spend, START + now);
        }
        let usage = gcra.usage(quota, START + now);
        (
            usage.remaining,
            usage.more_after,
            usage.reset_after,
            gcra.heat(quota, START + now),
        )
    };
    assert_eq!(usage(0, 0), (4, 0, 0, 0));
    assert_eq!(usage(1, 0), (3, 1_000, 1_000, FULL / 4));
    assert_eq!(usage(2, 500), (1, 500, 2_500, 640));
    assert_eq!(usage(0, 1_000), (2, 1_000, 2_000, FULL / 2));
    assert_eq!(usage(0, 2_999), (3, 1, 1, 1));
    assert_eq!(usage(0, 3_000), (4, 0, 0, 0));
}

/// Quotas with pauses that matter to them, and costs.
fn requests() -> impl Strategy<Value = (Quota, Vec<(u64, u64)>)> {
    let requests = prop_oneof![1..10_u32, 1..1_000_u32, Just(1_000_000)];
    let shape = (
        requests,
        prop_oneof![Just(1_u64), Just(7), Just(60), Just(86_400)],
        1..100_u32,
    );
    shape.prop_flat_map(|(requests, secs, burst)| {
        let each = (secs * 1000).div_ceil(u64::from(requests));
        let pause = prop_oneof![3 => Just(0), 4 => 0..=each, 2 => 0..=each * 3, 1 => 0..=each * u64::from(burst)];
        let cost = prop_oneof![4 => Just(1_u64), 1 => 1..=u64::from(burst) + 1];
        (
            Just(quota(requests, secs, burst)),
            prop::collection::vec((pause, cost), 1..400),
        )
    })
}

proptest! {
    /// The same verdicts as a bucket of tokens in exact fractions.
    #[test]
    fn no_error_at_all((quota, requests) in requests()) {
        let (mut gcra, mut tokens, mut now) = (Gcra::default(), Tokens::new(quota), START);
        for (pause, cost) in requests {
            now += pause;
            let wait = take(&mut gcra, quota, cost, now);
            prop_assert_eq!(wait.is_none(), tokens.take(cost, now));
            let usage = gcra.usage(quota, now);
            prop_assert_eq!(u128::from(usage.remaining), tokens.whole());
            if let Some(wait) = wait.filter(|_| cost <= u64::from(quota.burst())) {
                prop_assert!(gcra.wait(quota, cost, now + wait - 1).is_some());
                prop_assert_eq!(gcra.wait(quota, cost, now + wait), None);
            }
            if usage.more_after > 0 {
                prop_assert!(gcra.usage(quota, now + usage.more_after).remaining > usage.remaining);
                prop_assert_eq!(gcra.usage(quota, now + usage.more_after - 1).remaining, usage.remaining);
                prop_assert_eq!(gcra.usage(quota, now + usage.reset_after).remaining, quota.burst());
            }
        }
    }

    /// Whatever the order of the instants, each stretch of them holds a burst and what flows off in it, and no more.
    #[test]
    fn out_of_order_instants_let_through_no_more(
        (quota, requests) in requests(),
        late in prop::collection::vec(0..50_000_u64, 400),
    ) {
        let (mut gcra, mut through, mut now) = (Gcra::default(), Vec::new(), START);
        for ((pause, cost), late) in requests.into_iter().zip(late) {
            now += pause;
            let stamp = if late < 10_000 { now - late } else { now };
            if take(&mut gcra, quota, cost, stamp).is_none() {
                through.push((stamp, cost));
            }
        }
        through.sort_unstable();
        let mut log = Log::default();
        for (stamp, cost) in through {
            log.let_through(cost, stamp);
        }
        prop_assert_eq!(log.keeps(quota), Ok(()));
    }

    #[test]
    fn the_end_of_time_closes(requests in 1..=1_000_000_u32, burst in 1..=1_000_u32) {
        let (quota, mut gcra) = (quota(requests, 86_400, burst), Gcra::default());
        let end = 1 << 44;
        let through = (0..burst + 10).filter(|_| take(&mut gcra, quota, 1, end).is_none());
        prop_assert_eq!(through.count(), usize::try_from(burst).unwrap());
    }
}
