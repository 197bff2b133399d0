//! The keys of an issuer: floods, outages, rotation, bad sets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use keyward_client::jwks::{KeyError, LoadError};
use keyward_client::{Issuer, JwksCache, JwksOptions, KeySet, UnixMillis};
use keyward_jose::Algorithm::EdDsa;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::support::{
    Keys, NOON, Reply, Server, Signer, TestClock, hang_up, html, json, key_server, key_set, status, transport, until,
};

const KEYS: &str = "/realms/acme/keys";

fn keys(signers: &[&Signer]) -> Keys {
    Arc::new(Mutex::new(Some(key_set(signers.iter().copied()))))
}

/// No load but those that a test causes.
fn quiet() -> JwksOptions {
    JwksOptions {
        retry: Duration::from_mins(10),
        ..JwksOptions::default()
    }
}

fn cache(server: &Server, options: JwksOptions) -> JwksCache {
    JwksCache::of_issuer(Issuer::new(transport(), server.url("/realms/acme")), options)
}

fn later(secs: u64) -> UnixMillis {
    NOON.plus(Duration::from_secs(secs))
}

#[tokio::test]
async fn the_first_lookup_loads_and_the_next_find() {
    let signer = Signer::ed25519();
    let server = key_server(keys(&[&signer])).await;
    let cache = cache(&server, quiet());
    assert_eq!(cache.status(NOON).age, None);
    for _ in 0..3 {
        assert!(cache.key(Some(signer.kid()), EdDsa, NOON).await.is_ok());
    }
    assert!(cache.key(None, EdDsa, NOON).await.is_ok());
    assert_eq!(server.count(KEYS), 1);
    let status = cache.status(later(7));
    assert_eq!(
        (status.age, status.keys, status.generation),
        (Some(Duration::from_secs(7)), 1, 0)
    );
    assert!(status.last_error.is_none());
}

/// JW-4
#[tokio::test]
async fn a_flood_of_random_kids_causes_two_fetches_at_most() {
    let signer = Signer::ed25519();
    let server = key_server(keys(&[&signer])).await;
    let cache = cache(&server, quiet());
    cache.load(NOON).await.unwrap();
    let mut flood = JoinSet::new();
    for task in 0..100 {
        let (cache, known) = (cache.clone(), signer.kid().to_owned());
        flood.spawn(async move {
            for n in 0..100 {
                let kid = format!("random-{task}-{n}");
                assert_eq!(
                    cache.key(Some(&kid), EdDsa, later(n / 10)).await.unwrap_err(),
                    KeyError::Unknown
                );
                assert!(cache.key(Some(&known), EdDsa, later(n / 10)).await.is_ok());
            }
        });
    }
    flood.join_all().await;
    assert_eq!(server.count(KEYS), 2);
}

/// The flood finds nobody at home: attempts count, not answers, and no token is called bad.
#[tokio::test]
async fn a_flood_with_the_issuer_down_causes_one_attempt_and_no_401() {
    let server = key_server(Arc::default()).await;
    let cache = cache(&server, quiet());
    let mut flood = JoinSet::new();
    for task in 0..100 {
        let cache = cache.clone();
        flood.spawn(async move {
            for n in 0..100 {
                let kid = format!("random-{task}-{n}");
                let error = cache.key(Some(&kid), EdDsa, later(n / 10)).await.unwrap_err();
                assert_eq!(error, KeyError::Unavailable);
            }
        });
    }
    flood.join_all().await;
    assert_eq!(server.count(KEYS), 1);
    let error = cache.status(NOON).last_error.unwrap();
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        (
            "status",
            format!("the issuer's keys at {}: status 503", server.url(KEYS)).as_str()
        )
    );
}

#[tokio::test]
async fn an_outage_after_the_first_load_keeps_the_keys_and_makes_unknown_ones_unavailable() {
    let signer = Signer::ed25519();
    let place = keys(&[&signer]);
    let server = key_server(place.clone()).await;
    let cache = cache(&server, quiet());
    cache.load(NOON).await.unwrap();
    *place.lock().unwrap() = None;
    for n in 0..300 {
        let error = cache
            .key(Some(&format!("random-{n}")), EdDsa, later(31))
            .await
            .unwrap_err();
        assert_eq!(error, KeyError::Unavailable);
    }
    assert_eq!(server.count(KEYS), 2);
    assert!(cache.key(Some(signer.kid()), EdDsa, later(31)).await.is_ok());
    assert_eq!(cache.status(later(31)).age, Some(Duration::from_secs(31)));
}

#[tokio::test]
async fn each_interval_has_its_attempt() {
    let signer = Signer::ed25519();
    let server = key_server(keys(&[&signer])).await;
    let cache = cache(&server, quiet());
    for (secs, fetches) in [(0, 1), (29, 1), (30, 2), (59, 2), (60, 3)] {
        let _ = cache.key(Some("random"), EdDsa, later(secs)).await;
        assert_eq!(server.count(KEYS), fetches, "after {secs} s");
    }
}

/// A clock that jumped ahead and back must not lock new keys out.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_stop_loads() {
    let signer = Signer::ed25519();
    let server = key_server(keys(&[&signer])).await;
    let cache = cache(&server, quiet());
    let _ = cache.key(Some("random"), EdDsa, later(86_400)).await;
    let _ = cache.key(Some("random"), EdDsa, NOON).await;
    assert_eq!(server.count(KEYS), 2);
}

/// JW-4: a new key is found by the first token that it signed, by everybody at once.
#[tokio::test]
async fn rotation_under_load_refuses_nobody() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let place = keys(&[&old]);
    let server = key_server(place.clone()).await;
    let cache = cache(&server, quiet());
    cache.load(NOON).await.unwrap();
    *place.lock().unwrap() = Some(key_set([&old, &new]));
    let mut callers = JoinSet::new();
    for n in 0..100 {
        let cache = cache.clone();
        let kid = if n % 2 == 0 { old.kid() } else { new.kid() }.to_owned();
        callers.spawn(async move { cache.key(Some(&kid), EdDsa, later(1)).await.is_ok() });
    }
    assert!(callers.join_all().await.into_iter().all(|found| found));
    assert_eq!(server.count(KEYS), 2);
    assert_eq!(cache.generation(), 0, "no key went away");
}

#[tokio::test]
async fn a_key_that_went_away_or_changed_makes_a_new_generation() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let place = keys(&[&old, &new]);
    let server = key_server(place.clone()).await;
    let cache = cache(&server, quiet());
    cache.load(NOON).await.unwrap();
    cache.load(NOON).await.unwrap();
    assert_eq!(cache.generation(), 0);
    *place.lock().unwrap() = Some(key_set([&new]));
    cache.load(NOON).await.unwrap();
    assert_eq!(cache.generation(), 1);
    assert_eq!(
        cache.key(Some(old.kid()), EdDsa, NOON).await.unwrap_err(),
        KeyError::Unknown
    );
    let mut other = Signer::ed25519().jwk();
    other.kid = Some(new.kid().to_owned());
    *place.lock().unwrap() = Some(json!({"keys": [other]}).to_string());
    cache.load(NOON).await.unwrap();
    assert_eq!(cache.generation(), 2, "the same kid for another key");
}

#[tokio::test]
async fn keys_grow_stale_and_come_back() {
    let signer = Signer::ed25519();
    let place = keys(&[&signer]);
    let server = key_server(place.clone()).await;
    let cache = cache(&server, quiet());
    cache.load(NOON).await.unwrap();
    let body = place.lock().unwrap().take();
    let kid = Some(signer.kid());
    assert!(cache.key(kid, EdDsa, later(86_400)).await.is_ok());
    assert_eq!(
        cache.key(kid, EdDsa, later(86_401)).await.unwrap_err(),
        KeyError::Unavailable
    );
    *place.lock().unwrap() = body;
    assert_eq!(
        cache.key(kid, EdDsa, later(86_402)).await.unwrap_err(),
        KeyError::Unavailable
    );
    assert!(cache.key(kid, EdDsa, later(86_431)).await.is_ok());
}

#[tokio::test]
async fn a_bad_set_leaves_the_old_one_in_place() {
    let signer = Signer::ed25519();
    let good = key_set([&signer]);
    let place: Arc<Mutex<Reply>> = Arc::new(Mutex::new(json(good)));
    let answers = place.clone();
    let server = Server::start(move |_| {
        let answer = answers.lock().unwrap().clone();
        async move { answer }
    })
    .await;
    let cache = JwksCache::at(transport(), server.url("/keys"), quiet());
    cache.load(NOON).await.unwrap();
    let many: Vec<_> = (0..65).map(|_| Signer::ed25519()).collect();
    let redirect = Response::builder()
        .status(302)
        .header("location", "/elsewhere")
        .body(Full::default())
        .unwrap();
    let oct = r#"{"keys":[{"kty":"oct","kid":"k","k":"AAAA"}]}"#;
    let bad: [(Reply, &str); 10] = [
        (json(""), "malformed"),
        (json(r#"{"keys":7}"#), "malformed"),
        (html("<html>Maintenance</html>"), "malformed"),
        (gzipped(&key_set([&signer])), "malformed"),
        (json(r#"{"keys":[]}"#), "empty"),
        (json(oct), "empty"),
        (json(key_set(&many)), "too_many_keys"),
        (json(" ".repeat(10 * 1024 * 1024)), "too_large"),
        (redirect, "status"),
        (status(500), "status"),
    ];
    for (answer, code) in bad {
        *place.lock().unwrap() = answer;
        assert_eq!(cache.load(later(1)).await.unwrap_err().code(), code);
        assert!(cache.key(Some(signer.kid()), EdDsa, later(1)).await.is_ok(), "{code}");
        let status = cache.status(later(1));
        assert_eq!(
            (status.age, status.keys, status.generation),
            (Some(Duration::from_secs(1)), 1, 0)
        );
        assert_eq!(status.last_error.unwrap().code(), code);
    }
    assert_eq!(server.count("/elsewhere"), 0);
}

/// A stored block is enough to be gzip: the body is never inflated, whatever it says of itself.
fn gzipped(text: &str) -> Reply {
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    let len = u16::try_from(text.len()).unwrap();
    body.extend(len.to_le_bytes());
    body.extend((!len).to_le_bytes());
    body.extend(text.as_bytes());
    Response::builder()
        .header("content-encoding", "gzip")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))
        .unwrap()
}

#[tokio::test]
async fn bad_keys_among_good_ones_are_left_out() {
    let (signer, bound) = (Signer::ed25519(), Signer::ed25519());
    let set = json!({"keys": [
        {"kty": "oct", "kid": "hmac", "alg": "HS256", "k": "AAAA"},
        {"kty": "RSA", "kid": "weak", "n": "AQAB", "e": "AQAB"},
        signer.jwk(),
        {"kty": "EC", "kid": "bound", "crv": "P-256"},
        {"kid": "bound", "kty": "OKP", "crv": "Ed25519", "x": bound.jwk().x, "alg": "RS256"},
    ]});
    let server = key_server(Arc::new(Mutex::new(Some(set.to_string())))).await;
    let cache = cache(&server, quiet());
    assert!(cache.key(Some(signer.kid()), EdDsa, NOON).await.is_ok());
    assert_eq!(cache.status(NOON).keys, 1);
    let wrong = cache
        .key(Some(signer.kid()), keyward_jose::Algorithm::Rs256, NOON)
        .await;
    assert_eq!(wrong.unwrap_err(), KeyError::AlgorithmMismatch);
    assert_eq!(server.count(KEYS), 1, "a wrong algorithm causes no fetch");
}

/// Headers at once, then a byte a moment: the lookup is over when its time is.
#[tokio::test]
async fn a_slow_drip_ends_with_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n")
                    .await;
                while stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
    });
    let options = JwksOptions {
        timeout: Duration::from_millis(200),
        ..quiet()
    };
    let cache = JwksCache::at(transport(), url, options);
    let lookup = tokio::time::timeout(Duration::from_secs(5), cache.key(Some("k"), EdDsa, NOON));
    assert_eq!(lookup.await.unwrap().unwrap_err(), KeyError::Unavailable);
    let error = cache.load(NOON).await.unwrap_err();
    assert!(
        matches!(&*error, LoadError::Timeout | LoadError::Transport(_)),
        "{error}"
    );
    assert_eq!(error.code(), "timeout");
}

/// An attacker who sends a token and hangs up must not use up the attempt that finds a new key.
#[tokio::test]
async fn a_caller_that_hangs_up_leaves_its_fetch_running() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let place = keys(&[&old]);
    let server = key_server(place.clone()).await;
    let cache = cache(&server, quiet());
    cache.load(NOON).await.unwrap();
    *place.lock().unwrap() = Some(key_set([&new]));
    hang_up(cache.key(Some("random"), EdDsa, later(1)));
    until("the new key is there", || cache.generation() == 1).await;
    assert!(cache.key(Some(new.kid()), EdDsa, later(1)).await.is_ok());
    assert_eq!(server.count(KEYS), 2);
}

#[tokio::test]
async fn keys_are_loaded_again_in_the_background() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let place = keys(&[&old]);
    let server = key_server(place.clone()).await;
    let clock = TestClock::at_noon();
    let options = JwksOptions {
        refresh: Duration::from_millis(20),
        clock: clock.clone(),
        ..JwksOptions::default()
    };
    let cache = cache(&server, options);
    cache.load(NOON).await.unwrap();
    *place.lock().unwrap() = Some(key_set([&new]));
    clock.advance(Duration::from_mins(1));
    until("the new key is there", || cache.generation() == 1).await;
    assert!(cache.key(Some(new.kid()), EdDsa, later(60)).await.is_ok());
    assert_eq!(cache.status(later(60)).age, Some(Duration::ZERO));
    *place.lock().unwrap() = None;
    until("a load has failed", || cache.status(NOON).last_error.is_some()).await;
    *place.lock().unwrap() = Some(key_set([&old]));
    until("it has come back", || cache.generation() == 2).await;
    assert!(cache.status(NOON).last_error.is_none());
}

#[tokio::test]
async fn the_last_clone_ends_the_background_task() {
    let signer = Signer::ed25519();
    let clock = TestClock::at_noon();
    let server = key_server(keys(&[&signer])).await;
    let options = JwksOptions {
        clock: clock.clone(),
        ..JwksOptions::default()
    };
    let cache = cache(&server, options);
    cache.load(NOON).await.unwrap();
    drop(cache);
    until("nobody holds the clock", || Arc::strong_count(&clock) == 1).await;
}

#[tokio::test]
async fn the_issuers_keys_may_move() {
    let signer = Signer::ed25519();
    let moved = Arc::new(Mutex::new(false));
    let state = moved.clone();
    let set = key_set([&signer]);
    let server = Server::start(move |seen| {
        let (moved, set) = (*state.lock().unwrap(), set.clone());
        async move {
            let issuer = format!("http://{}", seen.header("host").unwrap());
            let place = if moved { "/new" } else { "/old" };
            match seen.target.as_str() {
                "/.well-known/openid-configuration" => {
                    json(json!({"issuer": issuer, "jwks_uri": format!("{issuer}{place}")}).to_string())
                }
                path if path == place => json(set),
                _ => status(404),
            }
        }
    })
    .await;
    let cache = JwksCache::of_issuer(Issuer::new(transport(), server.url("")), quiet());
    cache.load(NOON).await.unwrap();
    *moved.lock().unwrap() = true;
    cache.load(later(1)).await.unwrap();
    assert_eq!((server.count("/old"), server.count("/new")), (1, 1));
}

#[tokio::test]
async fn an_issuer_without_keys() {
    let server = Server::start(|seen| async move {
        json(json!({"issuer": format!("http://{}", seen.header("host").unwrap())}).to_string())
    })
    .await;
    let cache = JwksCache::of_issuer(Issuer::new(transport(), server.url("")), quiet());
    assert_eq!(cache.load(NOON).await.unwrap_err().code(), "no_jwks_uri");
    assert_eq!(cache.key(None, EdDsa, NOON).await.unwrap_err(), KeyError::Unavailable);
}

#[tokio::test]
async fn keys_from_memory_follow_their_owner() {
    let (old, new) = (Signer::ed25519(), Signer::ed25519());
    let keys = Arc::new(Mutex::new(Arc::new(KeySet::new([&old.jwk()]))));
    let owner = keys.clone();
    let cache = JwksCache::memory(move || owner.lock().unwrap().clone());
    assert!(cache.key(Some(old.kid()), EdDsa, NOON).await.is_ok());
    assert_eq!(
        cache.key(Some(new.kid()), EdDsa, NOON).await.unwrap_err(),
        KeyError::Unknown
    );
    *keys.lock().unwrap() = Arc::new(KeySet::new([&new.jwk()]));
    assert_eq!(cache.generation(), 1);
    assert!(cache.key(Some(new.kid()), EdDsa, later(1_000_000)).await.is_ok());
    assert_eq!(
        cache.key(Some(old.kid()), EdDsa, NOON).await.unwrap_err(),
        KeyError::Unknown
    );
    let status = cache.status(NOON);
    assert_eq!((status.age, status.keys), (Some(Duration::ZERO), 1));
    assert!(cache.load(NOON).await.is_ok());
    let fixed = JwksCache::fixed(KeySet::new([&old.jwk()]));
    assert!(fixed.key(None, EdDsa, NOON).await.is_ok());
}

/// A guard that began before its issuer is not without keys for long once the issuer is there.
#[tokio::test]
async fn an_issuer_that_comes_late_is_found_within_two_seconds() {
    let signer = Signer::ed25519();
    let place: Keys = Arc::default();
    let server = key_server(place.clone()).await;
    let options = JwksOptions {
        retry: Duration::from_millis(300),
        ..JwksOptions::default()
    };
    let cache = cache(&server, options);
    assert!(cache.load(NOON).await.is_err());
    // By now the pause would be ten seconds and more if it went on doubling.
    until("it was tried often", || server.count(KEYS) >= 6).await;
    *place.lock().unwrap() = Some(key_set([&signer]));
    let came = until("the key came", || cache.status(NOON).keys == 1);
    tokio::time::timeout(Duration::from_secs(4), came).await.unwrap();
}
