//! The shared store. What needs a server runs when `KEYWARD_TEST_REDIS` is the URL of one, such as
//! `redis://127.0.0.1:6379`; it leaves keys that expire within minutes.

mod failures;
mod outage;
mod server;
mod twin;

use std::sync::Arc;
use std::time::Duration;

use keyward_client::UnixMillis;

use super::{RedisSettings, RedisStore};
use crate::limit::{Bucket, KeySecret, Limit, OnStoreError, Part, Place, Quota};

/// The server's URL, or a word that the test was skipped.
fn server() -> Option<String> {
    let url = std::env::var("KEYWARD_TEST_REDIS").ok();
    if url.is_none() {
        println!("skipped: KEYWARD_TEST_REDIS is not set");
    }
    url
}

/// A store that has time, on machines with much else to do.
fn store(url: &str) -> RedisStore {
    let mut settings = RedisSettings::new(url);
    settings.timeout = Duration::from_secs(20);
    RedisStore::new(settings).unwrap()
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis(1_800_000_000_000 + millis)
}

fn shared(name: &str, quota: Quota, on_store_error: OnStoreError) -> Arc<Limit> {
    Arc::new(Limit::new(name, quota, Place::Shared(on_store_error)).unwrap())
}

fn window(name: &str, requests: u32, secs: u64) -> Arc<Limit> {
    let quota = Quota::window(requests, Duration::from_secs(secs)).unwrap();
    shared(name, quota, OnStoreError::Local)
}

fn gcra(name: &str, requests: u32, secs: u64, burst: u32) -> Arc<Limit> {
    let quota = Quota::gcra(requests, Duration::from_secs(secs), burst).unwrap();
    shared(name, quota, OnStoreError::Local)
}

fn bucket(secret: &KeySecret, limit: &Arc<Limit>, n: u32, cost: u32) -> Bucket {
    let value = n.to_le_bytes();
    let mut bucket = Bucket::one(
        Arc::clone(limit),
        secret.key(
            limit,
            &[Part::Other {
                name: "n",
                value: &value,
            }],
        ),
    );
    bucket.cost = cost.try_into().unwrap();
    bucket
}
