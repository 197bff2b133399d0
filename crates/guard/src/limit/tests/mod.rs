//! The algorithms and the stores against exact models.

mod attack;
mod concurrency;
mod gcra;
mod limiter;
mod model;
mod store;
mod window;

use std::sync::Arc;
use std::time::Duration;

use keyward_client::UnixMillis;

use super::{Bucket, KeySecret, Limit, Part, Place, Quota};

/// An instant like those of today.
pub(super) const START: u64 = 1_800_000_000_000;

pub(super) fn at(millis: u64) -> UnixMillis {
    UnixMillis(START + millis)
}

pub(super) fn window(name: &str, requests: u32, secs: u64) -> Arc<Limit> {
    limit(
        name,
        Quota::window(requests, Duration::from_secs(secs)).unwrap(),
        Place::Local,
    )
}

pub(super) fn gcra(name: &str, requests: u32, secs: u64, burst: u32) -> Arc<Limit> {
    limit(
        name,
        Quota::gcra(requests, Duration::from_secs(secs), burst).unwrap(),
        Place::Local,
    )
}

pub(super) fn limit(name: &str, quota: Quota, place: Place) -> Arc<Limit> {
    Arc::new(Limit::new(name, quota, place).unwrap())
}

/// The bucket of the `n`th caller.
pub(super) fn bucket(limit: &Arc<Limit>, n: u32) -> Bucket {
    let secret = KeySecret::new(&[7; 32]).unwrap();
    let value = n.to_le_bytes();
    let key = secret.key(
        limit,
        &[Part::Other {
            name: "n",
            value: &value,
        }],
    );
    Bucket::one(Arc::clone(limit), key)
}

pub(super) fn costing(limit: &Arc<Limit>, n: u32, cost: u32) -> Bucket {
    let mut bucket = bucket(limit, n);
    bucket.cost = cost.try_into().unwrap();
    bucket
}
