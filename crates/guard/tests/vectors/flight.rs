//! Many requests with one token that the issuer is asked about.

use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use http::{HeaderValue, StatusCode};
use keyward_guard::testing::vectors::{Said, World as _};
use serde_json::json;

use crate::support::calls::{get_text, guard, now};
use crate::support::issuers::{Issuers, config};

fn active(delay: u64) -> Said {
    Said {
        status: StatusCode::OK,
        media_type: "application/json".into(),
        body: json!({
            "active": true, "sub": "alice", "client_id": "shop", "scope": "orders:read",
            "aud": "https://api.example.com", "exp": now().secs() + 300,
        })
        .to_string(),
        delay: Duration::from_millis(delay),
    }
}

#[tokio::test]
async fn sixty_four_requests_ask_once() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("introspection", &issuers)).await;
    issuers.tell("opaque-flight", active(100));
    let bearer = HeaderValue::from_static("Bearer opaque-flight");
    let calls = (0..64).map(|_| get_text(&guard, "/opaque", bearer.clone(), now()));
    assert!(join_all(calls).await.iter().all(Option::is_none));
    assert_eq!(issuers.asked("opaque-flight"), 1);
}

#[tokio::test]
async fn a_caller_that_hangs_up_takes_nobody_with_it() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("introspection", &issuers)).await;
    issuers.tell("opaque-gone", active(50));
    let bearer = HeaderValue::from_static("Bearer opaque-gone");
    let first = Box::pin(get_text(&guard, "/opaque", bearer.clone(), now()));
    let asked = Box::pin(async {
        while issuers.asked("opaque-gone") == 0 {
            tokio::task::yield_now().await;
        }
    });
    // The first is dropped while the issuer thinks.
    match select(first, asked).await {
        Either::Left(_) => panic!("answered before it was asked"),
        Either::Right(((), first)) => drop(first),
    }
    assert_eq!(get_text(&guard, "/opaque", bearer, now()).await, None);
    assert!(issuers.asked("opaque-gone") <= 2);
}

#[tokio::test]
async fn two_tokens_never_share_an_answer() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("introspection", &issuers)).await;
    issuers.tell("opaque-good", active(50));
    let good = get_text(&guard, "/opaque", HeaderValue::from_static("Bearer opaque-good"), now());
    let bad = get_text(&guard, "/opaque", HeaderValue::from_static("Bearer opaque-bad"), now());
    assert_eq!(futures_util::future::join(good, bad).await, (None, Some("inactive")));
}
