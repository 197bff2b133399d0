//! With a real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::script::Instant;
use super::super::{RedisSettings, RedisStore, StoreFailure};
use super::{at, bucket, gcra, server, store, window};
use crate::limit::limiter::Verb;
use crate::limit::{Bucket, KeySecret, Report, Source};

async fn connection(url: &str) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn take(store: &RedisStore, buckets: &[Bucket], now: u64) -> Report {
    store
        .run_at(Verb::Take, buckets, Instant::At(at(now).0), at(now))
        .await
        .unwrap()
}

#[tokio::test]
async fn many_requests_at_once_never_exceed() {
    let Some(url) = server() else { return };
    for limit in [window("limit", 500, 60), gcra("limit", 500, 86_400, 500)] {
        let (store, through) = (Arc::new(store(&url)), Arc::new(AtomicU32::new(0)));
        let one = bucket(&KeySecret::random(), &limit, 1, 1);
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let (store, through, one) = (Arc::clone(&store), Arc::clone(&through), [one.clone()]);
                tokio::spawn(async move {
                    for _ in 0..30 {
                        if !store.run(Verb::Take, &one, at(0)).await.unwrap().is_refused() {
                            through.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(through.load(Ordering::Relaxed), 500);
    }
}

#[tokio::test]
async fn two_guards_share_what_one_secret_names() {
    let Some(url) = server() else { return };
    let (one, another, limit) = (store(&url), store(&url), window("limit", 2, 60));
    let (secret, foreign) = (KeySecret::random(), KeySecret::random());
    let own = [bucket(&secret, &limit, 1, 1)];
    for (store, left) in [(&one, 1), (&another, 0)] {
        let report = store.run(Verb::Take, &own, at(0)).await.unwrap();
        assert_eq!(
            (report.source(), report.standings()[0].remaining),
            (Source::Shared, left)
        );
    }
    assert!(one.run(Verb::Take, &own, at(0)).await.unwrap().is_refused());
    assert!(another.run(Verb::Peek, &own, at(0)).await.unwrap().is_refused());
    let other = [bucket(&foreign, &limit, 1, 1)];
    assert!(!one.run(Verb::Take, &other, at(0)).await.unwrap().is_refused());
}

#[tokio::test]
async fn a_script_that_the_server_forgot_is_sent_again() {
    let Some(url) = server() else { return };
    let (store, one) = (
        store(&url),
        [bucket(&KeySecret::random(), &window("limit", 9, 60), 1, 1)],
    );
    for left in [8, 7] {
        let () = redis::cmd("SCRIPT")
            .arg("FLUSH")
            .query_async(&mut connection(&url).await)
            .await
            .unwrap();
        let report = store.run(Verb::Take, &one, at(0)).await.unwrap();
        assert_eq!(report.standings()[0].remaining, left);
    }
}

#[tokio::test]
async fn keys_expire() {
    let Some(url) = server() else { return };
    let store = store(&url);
    for (limit, most) in [(window("limit", 9, 60), 65_000), (gcra("limit", 60, 60, 9), 7_000)] {
        let one = bucket(&KeySecret::random(), &limit, 1, 2);
        store.run(Verb::Take, std::slice::from_ref(&one), at(0)).await.unwrap();
        let name = format!("keyward:limit:{:032x}", one.key.0);
        let left: i64 = redis::cmd("PTTL")
            .arg(name)
            .query_async(&mut connection(&url).await)
            .await
            .unwrap();
        assert!((1..=most).contains(&left), "{left}");
        // What was only looked at, or refused, leaves nothing.
        let other = bucket(&KeySecret::random(), &limit, 1, 10);
        for verb in [Verb::Peek, Verb::Take] {
            let report = store.run(verb, std::slice::from_ref(&other), at(0)).await.unwrap();
            assert!(report.is_refused());
        }
        let name = format!("keyward:limit:{:032x}", other.key.0);
        let there: bool = redis::cmd("EXISTS")
            .arg(name)
            .query_async(&mut connection(&url).await)
            .await
            .unwrap();
        assert!(!there);
    }
}

#[tokio::test]
async fn a_wrong_password_shows_in_the_state() {
    let Some(url) = server() else { return };
    let Some(rest) = url.strip_prefix("redis://") else {
        return;
    };
    let store = RedisStore::new(RedisSettings::new(&format!(
        "redis://:wrong@{}",
        rest.rsplit('@').next().unwrap()
    )));
    let (store, one) = (
        store.unwrap(),
        [bucket(&KeySecret::random(), &window("limit", 9, 60), 1, 1)],
    );
    assert!(store.run(Verb::Take, &one, at(0)).await.is_err());
    assert_eq!(store.state().down, Some(StoreFailure::Authentication));
}

#[tokio::test]
async fn a_servers_clock_set_back_locks_nobody_out() {
    let Some(url) = server() else { return };
    let store = store(&url);
    for limit in [window("limit", 2, 60), gcra("limit", 2, 60, 2)] {
        let one = [bucket(&KeySecret::random(), &limit, 1, 1)];
        let hour = 3_600_000;
        take(&store, &one, 2 * hour).await;
        take(&store, &one, 2 * hour).await;
        // A little late: it stands still.
        assert!(take(&store, &one, 2 * hour - 10_000).await.is_refused());
        // An hour back: as if all had been used just now.
        let refused = take(&store, &one, hour).await;
        assert!(refused.is_refused());
        assert!(refused.retry_after().unwrap() <= std::time::Duration::from_mins(1));
    }
}
