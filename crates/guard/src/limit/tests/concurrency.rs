//! Many threads on few keys.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::super::LocalStore;
use super::{at, bucket, gcra, window};

#[test]
fn thirty_two_threads_on_one_key_never_exceed() {
    for limit in [window("limit", 1_000, 60), gcra("limit", 1_000, 60, 1_000)] {
        let (store, through) = (LocalStore::new(1_000), AtomicU32::new(0));
        let one = [bucket(&limit, 1)];
        thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        if !store.take(&one, at(0)).is_refused() {
                            through.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(through.into_inner(), 1_000);
        assert_eq!(store.take(&one, at(0)).standings()[0].remaining, 0);
    }
}

#[test]
fn buckets_in_any_order_neither_block_nor_leak() {
    let limits = [window("a", 500, 60), gcra("b", 500, 60, 500), window("c", 700, 60)];
    let (store, through) = (LocalStore::new(1), AtomicU32::new(0));
    thread::scope(|scope| {
        for n in 0..32 {
            let (store, through, limits) = (&store, &through, &limits);
            scope.spawn(move || {
                let mut buckets: Vec<_> = limits.iter().map(|limit| bucket(limit, 1)).collect();
                buckets.rotate_left(n % 3);
                for _ in 0..50 {
                    if !store.take(&buckets, at(0)).is_refused() {
                        through.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(through.into_inner(), 500);
    let left: Vec<u32> = limits
        .iter()
        .map(|limit| store.peek(&[bucket(limit, 1)], at(0)).standings()[0].remaining)
        .collect();
    assert_eq!(left, [0, 0, 200]);
}

#[test]
fn clocks_of_threads_may_differ_a_little() {
    let (store, through) = (LocalStore::new(1_000), AtomicU32::new(0));
    let limit = window("limit", 100, 60);
    let one = [bucket(&limit, 1)];
    thread::scope(|scope| {
        for n in 0..32 {
            let (store, through, one) = (&store, &through, &one);
            scope.spawn(move || {
                for step in 0..200_u64 {
                    if !store.take(one, at(10_000 + step * 80 - n * 100)).is_refused() {
                        through.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    // All within one window.
    assert_eq!(through.into_inner(), 100);
}
