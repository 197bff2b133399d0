//! Many tokens that the issuer has no key for. lua-resty-openidc#468, CVE-less but well known.

use std::time::Duration;

use keyward_guard::testing::{Issuer, TestKey, Token};

use crate::support::calls::{get, get_at, guard, now};
use crate::support::issuers::{Issuers, Mood, config};

const KEYS: &str = "/acme/keys";

fn token() -> Token {
    Issuer::at("https://id.example.com/realms/acme")
        .token()
        .audience("https://api.example.com")
        .scope("orders:read")
}

fn with_random_kid(number: usize) -> Token {
    token().header("kid", format!("random-{number}"))
}

#[tokio::test]
async fn three_hundred_random_kids_cost_one_question() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("main", &issuers)).await;
    assert_eq!(issuers.fetched(KEYS), 1);
    for number in 0..300 {
        let refused = get(&guard, "/orders", &with_random_kid(number)).await;
        assert_eq!(refused, Some("unknown_key"));
    }
    assert!(issuers.fetched(KEYS) <= 2, "{} questions", issuers.fetched(KEYS));
    assert_eq!(get(&guard, "/orders", &token()).await, None);
}

#[tokio::test]
async fn at_once_they_cost_no_more() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("main", &issuers)).await;
    let tokens: Vec<Token> = (0..100).map(with_random_kid).collect();
    let refused = tokens.iter().map(|token| get(&guard, "/orders", token));
    let refused = futures_util::future::join_all(refused).await;
    assert!(
        refused.iter().all(|reason| *reason == Some("unknown_key")),
        "{refused:?}"
    );
    assert!(issuers.fetched(KEYS) <= 3, "{} questions", issuers.fetched(KEYS));
}

#[tokio::test]
async fn while_the_issuer_is_down_attempts_count_and_nobody_is_called_a_liar() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("main", &issuers)).await;
    issuers.feel(Mood::Down);
    let began = now();
    let before = issuers.fetched(KEYS);
    // The first finds out; from then on nothing is known, and nothing is asked until the interval is over.
    for number in 0..300 {
        let refused = get_at(&guard, "/orders", &with_random_kid(number), began).await;
        assert_eq!(refused, Some("keys_unavailable"), "number {number}");
    }
    // One for the flood, and at most one by the task that tries again by itself.
    assert!(
        issuers.fetched(KEYS) - before <= 2,
        "{} questions",
        issuers.fetched(KEYS) - before
    );
    // Tokens of keys that are known stay good.
    assert_eq!(get_at(&guard, "/orders", &token(), began).await, None);
    let before = issuers.fetched(KEYS);
    let later = began.plus(Duration::from_secs(31));
    assert_eq!(
        get_at(&guard, "/orders", &with_random_kid(0), later).await,
        Some("keys_unavailable")
    );
    assert!(issuers.fetched(KEYS) - before <= 2);
}

#[tokio::test]
async fn strangers_keys_cost_the_stranger_no_question_each() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("main", &issuers)).await;
    let stranger = Issuer::at("https://id.example.com/realms/acme").key(TestKey::P256Stranger);
    for number in 0..50 {
        let token = stranger
            .token()
            .audience("https://api.example.com")
            .subject(&format!("s{number}"));
        assert_eq!(get(&guard, "/orders", &token).await, Some("unknown_key"));
    }
    assert!(issuers.fetched(KEYS) <= 2);
    assert_eq!(guard.verified_tokens(), 0);
}
