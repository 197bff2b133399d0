//! Attacks on the memory of the local store.

use std::sync::Arc;

use keyward_client::UnixMillis;

use super::super::{Bucket, Key, Limit, LocalStore};
use super::{at, bucket, gcra, window};

/// The `n`th of many callers, with a key as good as random that costs nothing to make.
fn stranger(limit: &Arc<Limit>, n: u64) -> Bucket {
    let mix = |n: u64| {
        let n = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (n ^ (n >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    let key = (u128::from(mix(n + 1)) << 64) | u128::from(mix(n + (1 << 40)));
    Bucket::one(Arc::clone(limit), Key(key))
}

fn takes(store: &LocalStore, bucket: &Bucket, most: u32, now: UnixMillis) -> usize {
    (0..most)
        .filter(|_| !store.take(std::slice::from_ref(bucket), now).is_refused())
        .count()
}

#[test]
fn spraying_keys_does_not_reset_an_exhausted_one() {
    for limit in [window("limit", 100, 60), gcra("limit", 100, 60, 100)] {
        let (store, own) = (LocalStore::new(1_600), bucket(&limit, 1));
        assert_eq!(takes(&store, &own, 200, at(0)), 100);
        for n in 0..50_000 {
            store.take(&[stranger(&limit, n)], at(n / 1_000));
        }
        assert!(store.state().evicted > 10_000);
        assert_eq!(takes(&store, &own, 200, at(50)), 0);
    }
}

#[test]
fn spraying_keys_does_not_reset_one_that_is_used_a_little() {
    for limit in [window("limit", 100, 60), gcra("limit", 100, 60, 100)] {
        let (store, own) = (LocalStore::new(160), bucket(&limit, 1));
        let mut through = 0;
        for round in 0..60 {
            through += takes(&store, &own, 3, at(round));
            // All warmer than the own key, so that it is the one to leave.
            for n in 0..400 {
                takes(&store, &stranger(&limit, round * 400 + n), 6, at(round));
            }
        }
        assert!(store.state().evicted > 100);
        assert!((3..=100).contains(&through), "{through}");
    }
}

#[test]
fn a_store_full_of_exhausted_keys_refuses_strangers_together() {
    let limit = window("limit", 10, 60);
    let store = LocalStore::new(16);
    for n in 0..16 {
        assert_eq!(takes(&store, &stranger(&limit, n), 20, at(0)), 10);
    }
    // All others share one count, until there is room.
    let through = (16..1_000)
        .filter(|n| !store.take(&[stranger(&limit, *n)], at(1)).is_refused())
        .count();
    assert_eq!(through, 10);
    assert_eq!(
        (store.state().keys, store.state().evicted, store.state().crowded),
        (16, 0, 10)
    );
    assert_eq!(takes(&store, &stranger(&limit, 2_000), 20, at(60_001)), 10);
}

#[test]
fn callers_in_a_sprayed_store_keep_most_of_their_quota() {
    let limit = window("limit", 100, 60);
    let store = LocalStore::new(1_600);
    // Five keys for each place within one window.
    for n in 0..8_000 {
        store.take(&[stranger(&limit, n)], at(n * 5));
    }
    let through = takes(&store, &bucket(&limit, 1), 200, at(40_000));
    assert!(through >= 90, "{through}");
    // And everything when the storm is over.
    assert_eq!(takes(&store, &bucket(&limit, 2), 200, at(101_000)), 100);
}

#[test]
fn limits_do_not_pay_for_each_other() {
    let (address, client) = (window("address", 100, 86_400), gcra("client", 60, 60, 5));
    let store = LocalStore::new(160);
    for n in 0..100_000 {
        store.take(&[stranger(&address, n)], at(n / 100));
    }
    assert_eq!(takes(&store, &bucket(&client, 1), 10, at(1_000)), 5);
}

#[test]
fn a_million_keys_take_no_more_room_than_the_bound() {
    let limit = gcra("limit", 100, 60, 10);
    let store = LocalStore::new(20_000);
    // Each place is taken fifty times; ten million keys differ from that only in the time they take.
    for n in 0..1_000_000 {
        store.take(&[stranger(&limit, n)], at(n / 1_000));
    }
    let state = store.state();
    assert_eq!((state.keys, state.capacity), (20_000, 20_000));
    assert!(store.bytes() <= 20_000 * 80 + 20_000 / 16 * 2 * 80, "{}", store.bytes());
}

#[test]
fn windows_in_every_cell_take_no_more_room_than_the_bound() {
    let limit = window("limit", 1_000, 60);
    let store = LocalStore::new(160);
    for round in 0..70 {
        for n in 0..1_000 {
            store.take(&[stranger(&limit, n)], at(round * 1_201));
        }
    }
    let most = 160 * 500 + 10 * 500;
    assert!((10_000..=most).contains(&store.bytes()), "{}", store.bytes());
}
