//! [`Window`]: never more than the quota, and nearly as many.

use std::time::Duration;

use proptest::prelude::*;

use super::super::Quota;
use super::super::state::FULL;
use super::super::window::Window;
use super::START;
use super::model::Log;

fn quota(requests: u32, secs: u64) -> Quota {
    Quota::window(requests, Duration::from_secs(secs)).unwrap()
}

/// Takes like the store does: `None` if it fits.
fn take(window: &mut Window, quota: Quota, cost: u64, now: u64) -> Option<u64> {
    let wait = window.wait(quota, cost, now);
    if wait.is_none() {
        window.spend(quota, cost, now);
    }
    wait
}

#[test]
fn a_burst_and_no_more_in_any_window() {
    let (quota, mut window) = (quota(100, 60), Window::default());
    for _ in 0..100 {
        assert_eq!(take(&mut window, quota, 1, START + 59_900), None);
    }
    // The edge of a fixed window is nothing special here.
    for now in [59_900, 60_000, 60_100, 119_899] {
        assert_eq!(take(&mut window, quota, 1, START + now), Some(119_900 - now));
    }
    for _ in 0..100 {
        assert_eq!(take(&mut window, quota, 1, START + 119_900), None);
    }
    assert_eq!(take(&mut window, quota, 1, START + 119_900), Some(60_000));
}

#[test]
fn a_cost_that_never_fits_is_told_to_wait_a_window() {
    let (quota, mut window) = (quota(10, 60), Window::default());
    assert_eq!(take(&mut window, quota, 11, START), Some(60_000));
    assert_eq!(take(&mut window, quota, 10, START), None);
}

#[test]
fn usage_over_time() {
    let (quota, mut window) = (quota(3, 60), Window::default());
    let mut usage = |spend, now| {
        if spend > 0 {
            window.spend(quota, spend, START + now);
        }
        let usage = window.usage(quota, START + now);
        (
            usage.remaining,
            usage.more_after,
            usage.reset_after,
            window.heat(quota, START + now),
        )
    };
    assert_eq!(usage(0, 0), (3, 0, 0, 0));
    assert_eq!(usage(1, 0), (2, 60_000, 60_000, FULL.div_ceil(3)));
    assert_eq!(usage(2, 20_000), (0, 40_000, 60_000, FULL));
    assert_eq!(usage(0, 60_000), (1, 20_000, 20_000, (FULL * 2).div_ceil(3)));
    assert_eq!(usage(0, 80_000), (3, 0, 0, 0));
}

#[test]
fn months_without_a_pause() {
    let (quota, mut window) = (quota(24, 86_400), Window::default());
    let mut log = Log::default();
    // One in an hour, and every tenth hour one too many.
    for hour in 0..24 * 200 {
        let now = START + hour * 3_600_000;
        assert_eq!(take(&mut window, quota, 1, now), None);
        log.let_through(1, now);
        if hour % 10 == 0 && hour >= 24 {
            assert_eq!(take(&mut window, quota, 1, now), Some(3_600_000));
        }
    }
    assert_eq!(log.keeps(quota), Ok(()));
}

/// Requests and the milliseconds before each.
fn requests() -> impl Strategy<Value = (Quota, Vec<(u64, u64)>)> {
    let window = prop_oneof![Just(1_u64), Just(7), Just(60), Just(86_400)];
    let shape = (prop_oneof![1..8_u32, 1..300_u32, Just(1_000_000)], window);
    shape.prop_flat_map(|(requests, secs)| {
        let millis = secs * 1000;
        let pause = prop_oneof![
            4 => Just(0_u64),
            4 => 0..=millis / 60,
            2 => 0..=millis / 10,
            1 => 0..=millis * 2,
        ];
        let cost = prop_oneof![8 => Just(1_u64), 1 => 1..=u64::from(requests)];
        (
            Just(quota(requests, secs)),
            prop::collection::vec((pause, cost), 1..400),
        )
    })
}

proptest! {
    /// Never more than the quota in any window; and a refusal only when it would have been more in 1.02 windows.
    #[test]
    fn within_two_percent_of_an_exact_count((quota, requests) in requests()) {
        let (mut window, mut log, mut now) = (Window::default(), Log::default(), START);
        for (pause, cost) in requests {
            now += pause;
            let most = u64::from(quota.requests());
            if let Some(wait) = take(&mut window, quota, cost, now) {
                let longer = quota.window_millis() * 102 / 100;
                prop_assert!(log.within(longer, now) + cost > most, "refused {} at {}", cost, now);
                prop_assert!((1..=quota.window_millis()).contains(&wait));
                // It says exactly when it fits.
                prop_assert!(window.clone().wait(quota, cost, now + wait - 1).is_some());
                prop_assert_eq!(window.clone().wait(quota, cost, now + wait), None);
            } else {
                log.let_through(cost, now);
                prop_assert!(log.within(quota.window_millis(), now) <= most, "{} too many at {}", cost, now);
            }
            let usage = window.usage(quota, now);
            let exact = most - log.within(quota.window_millis(), now);
            prop_assert!(u64::from(usage.remaining) <= exact);
            if usage.remaining < quota.requests() {
                let later = window.clone().usage(quota, now + usage.more_after).remaining;
                prop_assert!(later > usage.remaining);
                prop_assert_eq!(window.clone().usage(quota, now + usage.more_after - 1).remaining, usage.remaining);
                prop_assert_eq!(window.clone().usage(quota, now + usage.reset_after).remaining, quota.requests());
                prop_assert!(window.clone().heat(quota, now + usage.reset_after - 1) > 0);
            }
            prop_assert!(window.memory() <= 51);
        }
        prop_assert_eq!(log.keeps(quota), Ok(()));
    }

    /// An instant before the last request counts as that one, so nobody gains by coming out of order.
    #[test]
    fn out_of_order_instants_let_through_no_more(
        requests in 1..50_u32,
        arrivals in prop::collection::vec((0..5_000_u64, 0..20_000_u64), 1..300),
    ) {
        let quota = quota(requests, 60);
        let (mut window, mut log, mut real) = (Window::default(), Log::default(), START + 100_000);
        for (pause, late) in arrivals {
            real += pause;
            if take(&mut window, quota, 1, real - late).is_none() {
                log.let_through(1, real);
            }
        }
        // By the time at which they were let through, not the one they were stamped with, a request may count up to
        // its lateness shorter.
        let lateness = 20_000;
        for end in log.instants() {
            prop_assert!(log.within(quota.window_millis() - lateness, end) <= u64::from(requests));
        }
    }

    /// Joined, two states are at no later instant more generous than either.
    #[test]
    fn joined_states_forget_nothing(
        (quota, one) in requests(),
        another in prop::collection::vec((0..3_000_u64, 1..5_u64), 0..100),
        later in prop::collection::vec(0..90_000_000_u64, 20),
    ) {
        let fill = |requests: &[(u64, u64)]| {
            let (mut window, mut now) = (Window::default(), START);
            for (pause, cost) in requests {
                now += pause;
                take(&mut window, quota, *cost, now);
            }
            (window, now)
        };
        let ((mut one, end_one), (mut another, end_another)) = (fill(&one), fill(&another));
        let now = end_one.max(end_another);
        let mut joined = one.clone();
        joined.join(&another, quota, now);
        prop_assert!(joined.memory() <= 51);
        for after in later {
            let now = now + after % (2 * quota.window_millis());
            let least = one.usage(quota, now).remaining.min(another.usage(quota, now).remaining);
            prop_assert!(joined.clone().usage(quota, now).remaining <= least);
        }
        let end = now + 2 * quota.window_millis();
        prop_assert_eq!(joined.usage(quota, end).remaining, quota.requests());
    }
}
