use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use keyward_client::jwks::KeySet;
use keyward_jose::{HeaderSegment, KeyType, SigningKey, jws};
use serde_json::json;

use super::*;
use crate::revocation::Revocation;

const ISSUER: &str = "https://id.example.com/realms/acme";
const NOW: UnixMillis = UnixMillis(1_000_000_500);

/// What is known of every token, and how often somebody asked.
struct Log {
    says: Mutex<Revocation>,
    asked: Mutex<u32>,
}

impl Log {
    fn new() -> Self {
        Self {
            says: Mutex::new(Revocation::Stands),
            asked: Mutex::new(0),
        }
    }

    fn say(&self, what: Revocation) {
        *self.says.lock().unwrap() = what;
    }
}

impl Revocations for Log {
    fn of<'a>(&'a self, _: &'a Caller, _: UnixMillis) -> Pin<Box<dyn Future<Output = Revocation> + Send + 'a>> {
        *self.asked.lock().unwrap() += 1;
        Box::pin(std::future::ready(*self.says.lock().unwrap()))
    }
}

fn key() -> SigningKey {
    SigningKey::generate(KeyType::Ed25519).unwrap()
}

fn keys(key: &SigningKey) -> JwksCache {
    JwksCache::fixed(KeySet::new([key.public_jwk()]))
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "exp": 1_000_300, "iat": 1_000_000, "jti": "j", "sub": "alice", "typ": "Bearer",
        "client_id": "front", "azp": "front", "aud": ["orders-api"], "scope": "openid", "sid": "s",
    })
}

/// The usual claims with others over them; `null` takes one away.
fn with(changes: Value) -> Map<String, Value> {
    let Value::Object(mut claims) = claims() else { panic!() };
    let Value::Object(changes) = changes else { panic!() };
    claims.extend(changes);
    claims.retain(|_, value| !value.is_null());
    claims
}

fn sign(key: &SigningKey, typ: &str, claims: &Map<String, Value>) -> String {
    let header = HeaderSegment::new(Algorithm::EdDsa, key.kid(), typ);
    jws::sign(key, Algorithm::EdDsa, &header, claims).unwrap()
}

async fn judged(guard: &Guard, token: &str, now: UnixMillis) -> Result<Arc<Caller>, Reason> {
    guard.recognize(token, now).await?.check(&Log::new(), now).await
}

#[tokio::test]
async fn a_token_revoked_a_moment_ago_is_refused_though_it_is_remembered() {
    let (key, memory, log) = (key(), TokenMemory::new(8), Log::new());
    let guard = Guard::new(ISSUER, keys(&key), &memory);
    let token = sign(&key, "JWT", &with(json!({})));
    for _ in 0..3 {
        let caller = guard
            .recognize(&token, NOW)
            .await
            .unwrap()
            .check(&log, NOW)
            .await
            .unwrap();
        assert_eq!((caller.subject(), caller.client_id()), (Some("alice"), Some("front")));
    }
    assert_eq!((memory.0.len(), *log.asked.lock().unwrap()), (1, 3));
    log.say(Revocation::Revoked);
    let recognized = guard.recognize(&token, NOW).await.unwrap();
    assert_eq!(recognized.check(&log, NOW).await.unwrap_err(), Reason::Revoked);
    assert_eq!(recognized.client_id(), Some("front"), "whose it was is still known");
    log.say(Revocation::Unknown);
    assert_eq!(
        recognized.check(&log, NOW).await.unwrap_err(),
        Reason::RevocationUnknown
    );
}

#[tokio::test]
async fn a_token_ends_to_the_second_and_is_recognized_beyond() {
    let (key, memory) = (key(), TokenMemory::new(8));
    let guard = Guard::new(ISSUER, keys(&key), &memory);
    let (last, over) = (UnixMillis(1_000_299_999), UnixMillis(1_000_300_000));
    let late = sign(&key, "JWT", &with(json!({"jti": "late"})));
    assert_eq!(judged(&guard, &late, over).await.unwrap_err(), Reason::Expired);
    assert_eq!(memory.0.len(), 0, "what has ended takes nobody's place");
    let token = sign(&key, "JWT", &with(json!({})));
    assert!(judged(&guard, &token, last).await.is_ok());
    assert_eq!(judged(&guard, &token, over).await.unwrap_err(), Reason::Expired);
    let log = Log::new();
    let recognized = guard.recognize(&token, over).await.unwrap();
    assert!(recognized.check(&log, over).await.is_err());
    assert_eq!(*log.asked.lock().unwrap(), 0);
    assert_eq!((recognized.token_id(), recognized.expires_at()), (Some("j"), 1_000_300));
}

#[tokio::test]
async fn a_token_of_a_node_whose_clock_is_ahead_is_good() {
    let key = key();
    let guard = Guard::new(ISSUER, keys(&key), &TokenMemory::new(8));
    let token = sign(&key, "JWT", &with(json!({"iat": 1_000_002})));
    assert!(judged(&guard, &token, NOW).await.is_ok());
}

#[tokio::test]
async fn a_key_that_is_gone_takes_its_tokens_with_it() {
    let (old, new, memory) = (key(), key(), TokenMemory::new(8));
    let token = sign(&old, "JWT", &with(json!({})));
    assert!(
        judged(&Guard::new(ISSUER, keys(&old), &memory), &token, NOW)
            .await
            .is_ok()
    );
    let after = Guard::new(ISSUER, keys(&new), &memory);
    assert_eq!(judged(&after, &token, NOW).await.unwrap_err(), Reason::UnknownKey);
}

#[tokio::test]
async fn keys_that_change_beneath_a_guard_take_their_tokens_with_them() {
    let (old, new) = (key(), key());
    let set = Arc::new(Mutex::new(Arc::new(KeySet::new([old.public_jwk()]))));
    let shared = Arc::clone(&set);
    let cache = JwksCache::memory(move || Arc::clone(&shared.lock().unwrap()));
    let guard = Guard::new(ISSUER, cache, &TokenMemory::new(8));
    let token = sign(&old, "JWT", &with(json!({})));
    assert!(judged(&guard, &token, NOW).await.is_ok());
    *set.lock().unwrap() = Arc::new(KeySet::new([new.public_jwk()]));
    assert_eq!(judged(&guard, &token, NOW).await.unwrap_err(), Reason::UnknownKey);
}

#[tokio::test]
async fn a_token_remembered_for_one_issuer_is_a_strangers_at_another() {
    let (key, memory) = (key(), TokenMemory::new(8));
    let token = sign(&key, "JWT", &with(json!({})));
    assert!(
        judged(&Guard::new(ISSUER, keys(&key), &memory), &token, NOW)
            .await
            .is_ok()
    );
    let other = Guard::new("https://id.example.com/realms/other", keys(&key), &memory);
    assert_eq!(judged(&other, &token, NOW).await.unwrap_err(), Reason::UnknownIssuer);
}

#[tokio::test]
async fn whom_a_token_is_for_does_not_matter_here() {
    let key = key();
    let guard = Guard::new(ISSUER, keys(&key), &TokenMemory::new(8));
    for audience in [json!(null), json!("one"), json!(["one", "two"])] {
        let token = sign(&key, "at+jwt", &with(json!({"aud": audience})));
        assert!(judged(&guard, &token, NOW).await.is_ok(), "{audience}");
    }
}

#[tokio::test]
async fn a_token_bound_to_a_key_is_no_bearer_token() {
    let key = key();
    let guard = Guard::new(ISSUER, keys(&key), &TokenMemory::new(8));
    let bound = with(json!({"cnf": {"jkt": "x"}}));
    let token = sign(&key, "JWT", &bound);
    assert_eq!(
        judged(&guard, &token, NOW).await.unwrap_err(),
        Reason::SenderConstrained
    );
    let kept = guard.recognize_claims(bound).unwrap();
    assert_eq!(
        kept.check(&Log::new(), NOW).await.unwrap_err(),
        Reason::SenderConstrained
    );
}

#[tokio::test]
async fn what_else_the_issuer_signs_is_no_access_token() {
    let (key, stranger) = (key(), key());
    let guard = Guard::new(ISSUER, keys(&key), &TokenMemory::new(8));
    let strange = sign(&stranger, "JWT", &with(json!({})));
    assert_eq!(judged(&guard, &strange, NOW).await.unwrap_err(), Reason::UnknownKey);
    for (typ, changes) in [
        ("logout+jwt", json!({})),
        ("", json!({})),
        ("JWT", json!({"typ": "ID"})),
        ("JWT", json!({"typ": "Refresh"})),
        ("JWT", json!({"typ": null})),
    ] {
        let token = sign(&key, typ, &with(changes.clone()));
        let refused = judged(&guard, &token, NOW).await.unwrap_err();
        assert_eq!(refused, Reason::NotAnAccessToken, "{typ} {changes}");
    }
    // What a mapper adds makes none of it.
    let token = sign(&key, "JWT", &with(json!({"nonce": "n", "events": ["concert"]})));
    assert!(judged(&guard, &token, NOW).await.is_ok());
}

#[tokio::test]
async fn claims_that_were_kept_are_read_as_strictly_as_signed_ones() {
    let key = key();
    let guard = Guard::new(ISSUER, keys(&key), &TokenMemory::new(8));
    let good = guard.recognize_claims(with(json!({}))).unwrap();
    assert_eq!(good.check(&Log::new(), NOW).await.unwrap().subject(), Some("alice"));
    for name in ["iss", "exp", "iat", "jti", "client_id"] {
        for value in [json!(null), json!([])] {
            let claims = with(json!({ name: value }));
            let token = sign(&key, "JWT", &claims);
            assert!(judged(&guard, &token, NOW).await.is_err(), "{name} {value}");
            assert!(guard.recognize_claims(claims).is_err(), "{name} {value}");
        }
    }
}

#[tokio::test]
async fn a_recognized_token_shows_no_claims_in_a_log() {
    let key = key();
    let guard = Guard::new(ISSUER, keys(&key), &TokenMemory::new(8));
    let token = sign(&key, "JWT", &with(json!({"email": "alice@example.com"})));
    let shown = format!("{:?}", guard.recognize(&token, NOW).await.unwrap());
    assert!(!shown.contains("alice@") && !shown.contains(&token[..12]), "{shown}");
}
