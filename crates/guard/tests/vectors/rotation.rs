//! Keys that change, and issuers that go away.

use std::time::Duration;

use keyward_guard::testing::{Issuer, TestKey, Token};

use crate::support::calls::{get, get_at, guard, now};
use crate::support::issuers::{Issuers, Mood, config};

fn token(key: TestKey) -> Token {
    Issuer::at("https://id.example.com/realms/acme")
        .key(key)
        .token()
        .audience("https://api.example.com")
        .scope("orders:read")
}

#[tokio::test]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("main", &issuers)).await;
    assert_eq!(get(&guard, "/orders", &token(TestKey::P256)).await, None);
    issuers.feel(Mood::Rotated);
    assert_eq!(get(&guard, "/orders", &token(TestKey::P256Other)).await, None);
}

#[tokio::test]
async fn a_key_that_is_gone_takes_verified_tokens_with_it() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let guard = guard(&config("main", &issuers)).await;
    let old = token(TestKey::Rsa);
    let began = now();
    assert_eq!(get_at(&guard, "/orders", &old, began).await, None);
    assert_eq!(guard.verified_tokens(), 1);
    issuers.feel(Mood::Rotated);
    // Nobody has heard of it yet.
    assert_eq!(get_at(&guard, "/orders", &old, began).await, None);
    assert_eq!(get_at(&guard, "/orders", &token(TestKey::P256Other), began).await, None);
    assert_eq!(get_at(&guard, "/orders", &old, began).await, Some("unknown_key"));
}

#[tokio::test]
async fn keys_are_believed_for_so_long_and_no_longer() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    let stale = "max_lifetime = \"1h\"\njwks = { max_stale = \"1m\" }";
    let text = config("main", &issuers).replace("max_lifetime = \"1h\"", stale);
    let guard = guard(&text).await;
    issuers.feel(Mood::Down);
    let began = now();
    let token = token(TestKey::P256).claim("exp", began.secs() + 600);
    assert_eq!(get_at(&guard, "/orders", &token, began).await, None);
    let within = began.plus(Duration::from_secs(50));
    let fresh = token.clone().subject("bob");
    assert_eq!(get_at(&guard, "/orders", &fresh, within).await, None);
    let beyond = began.plus(Duration::from_secs(70));
    let unseen = token.clone().subject("carol");
    assert_eq!(
        get_at(&guard, "/orders", &unseen, beyond).await,
        Some("keys_unavailable")
    );
    // What was verified before is no better.
    assert_eq!(
        get_at(&guard, "/orders", &token, beyond).await,
        Some("keys_unavailable")
    );
    issuers.feel(Mood::Usual);
    let back = beyond.plus(Duration::from_secs(31));
    assert_eq!(get_at(&guard, "/orders", &unseen, back).await, None);
}

#[tokio::test]
async fn an_issuer_that_is_down_at_the_start_is_found_later() {
    let issuers = Issuers::start("http://127.0.0.1:9").await;
    issuers.feel(Mood::Down);
    let guard = keyward_guard::Guard::from_toml(&config("main", &issuers)).unwrap();
    assert_eq!(guard.start().await.unwrap_err().issuers, ["acme", "other"]);
    let began = now();
    let token = token(TestKey::P256);
    assert_eq!(get_at(&guard, "/orders", &token, began).await, Some("keys_unavailable"));
    issuers.feel(Mood::Usual);
    let later = began.plus(Duration::from_secs(31));
    assert_eq!(get_at(&guard, "/orders", &token, later).await, None);
}
