//! State that travels through a browser: sealed, so that nobody reads or changes it on the way, and bound to what it
//! is for. Nothing of a login that is not finished is kept here, so a flood of them costs no memory.
//!
//! Anybody can have a page sealed, as often as they like. So the key is none that seals what is at rest: it is made of
//! the realm's HMAC key and the day, which keeps the nonces drawn for one key far from their bound (NIST SP 800-38D
//! §8.3), is the same on every node, and opens nothing after the next day.

use keyward_domain::{Entropy as _, Fault, Timestamp};
use keyward_jose::seal::associated_data;
use keyward_jose::{Sealer, SealingKey, digest};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entropy::SystemEntropy;
use crate::snapshot::{HmacEntry, RealmSnapshot};

/// Longest sealed text that is read.
const LONGEST: usize = 24 * 1024;

const DAY_SECS: i64 = 24 * 60 * 60;

/// Seals a value for a realm and a purpose.
pub(crate) fn seal(
    realm: &RealmSnapshot,
    purpose: &str,
    value: &impl Serialize,
    now: Timestamp,
) -> Result<String, Fault> {
    let plain = serde_json::to_vec(value).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let hmac = realm
        .hmac_keys
        .first()
        .ok_or_else(|| Fault::Crypto("the realm has no HMAC key".into()))?;
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = Sealer::new(key(hmac, day(now)), Vec::new())
        .seal(&binding(realm, purpose), &plain, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(digest::b64url_encode(&sealed))
}

/// Opens what [`seal`] made for the same realm and purpose, today or yesterday.
pub(crate) fn open<T: DeserializeOwned>(realm: &RealmSnapshot, purpose: &str, text: &str, now: Timestamp) -> Option<T> {
    let sealed = digest::b64url_decode(Some(text).filter(|text| text.len() <= LONGEST)?).ok()?;
    let today = day(now);
    let plain = realm.hmac_keys.iter().find_map(|hmac| {
        let sealer = Sealer::new(key(hmac, today), vec![key(hmac, today - 1)]);
        sealer.open(&binding(realm, purpose), &sealed).ok()
    })?;
    serde_json::from_slice(&plain).ok()
}

fn day(now: Timestamp) -> i64 {
    now.secs().div_euclid(DAY_SECS)
}

/// The key of a day. Its label is no token's first part, so neither use of the HMAC key can stand for the other.
fn key(hmac: &HmacEntry, day: i64) -> SealingKey {
    SealingKey::new(hmac.key.sign(format!("browser state|{day}").as_bytes()).into())
}

fn binding(realm: &RealmSnapshot, purpose: &str) -> Vec<u8> {
    associated_data(&["browser", &realm.realm.id.to_string(), purpose])
}
