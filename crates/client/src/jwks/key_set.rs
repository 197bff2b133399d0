//! A set of keys, each parsed once.

use std::sync::Arc;

use keyward_jose::{Algorithm, Jwk, VerifyingKey};

/// The keys of a set that can verify a signature. RFC 7517 §5
///
/// Others are left out: keys for encryption, of unknown types and algorithms, symmetric and private ones, RSA below 2048
/// bits, broken ones. One of them does not take the good ones with it.
#[derive(Debug, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    jwk: Jwk,
    parsed: Arc<VerifyingKey>,
    /// The JWK's `alg`. RFC 7517 §4.4
    only: Option<Algorithm>,
}

/// Why a lookup found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// No such key.
    Absent,
    /// The key is not for the algorithm.
    Mismatch,
    /// The token names no key, and several would do.
    Ambiguous,
    /// There are no keys that are young enough.
    Stale,
}

impl KeySet {
    /// Parses what can be parsed.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k Jwk>) -> Self {
        Self {
            keys: keys.into_iter().filter_map(Key::parse).collect(),
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&Arc<VerifyingKey>, Miss> {
        let Some(kid) = kid else {
            let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm));
            return match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok(&key.parsed),
                (Some(_), Some(_)) => Err(Miss::Ambiguous),
                (None, _) => Err(Miss::Absent),
            };
        };
        // Keys of different types may share a `kid`. RFC 7517 §4.5
        let mut miss = Miss::Absent;
        for key in self.keys.iter().filter(|key| key.jwk.kid.as_deref() == Some(kid)) {
            if key.fits(algorithm) {
                return Ok(&key.parsed);
            }
            miss = Miss::Mismatch;
        }
        Err(miss)
    }

    /// Whether every key is in `other`, unchanged.
    pub(super) fn is_subset(&self, other: &Self) -> bool {
        self.keys
            .iter()
            .all(|key| other.keys.iter().any(|kept| kept.jwk == key.jwk))
    }
}

impl Key {
    fn parse(jwk: &Jwk) -> Option<Self> {
        let parsed = VerifyingKey::from_jwk(jwk).ok()?;
        Some(Self {
            jwk: jwk.clone(),
            parsed: Arc::new(parsed),
            only: jwk.alg.as_deref().and_then(Algorithm::parse),
        })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        self.only.is_none_or(|only| only == algorithm) && self.parsed.key_type() == algorithm.key_type()
    }
}

#[cfg(test)]
mod tests {
    use keyward_jose::{JwkSet, KeyType, SigningKey};
    use serde_json::json;

    use super::*;

    fn jwk(key_type: KeyType, kid: Option<&str>) -> Jwk {
        let mut jwk = SigningKey::generate(key_type).unwrap().public_jwk().clone();
        jwk.kid = kid.map(str::to_owned);
        jwk
    }

    #[test]
    fn a_named_key_is_found_for_its_algorithms_alone() {
        let rsa = jwk(KeyType::Rsa2048, Some("rsa"));
        let bound = jwk(KeyType::Rsa2048, Some("ps")).with_algorithm(Algorithm::Ps256);
        let set = KeySet::new([&rsa, &bound]);
        assert!(set.find(Some("rsa"), Algorithm::Rs256).is_ok());
        assert!(set.find(Some("rsa"), Algorithm::Ps256).is_ok());
        assert!(set.find(Some("ps"), Algorithm::Ps256).is_ok());
        assert_eq!(set.find(Some("ps"), Algorithm::Rs256).unwrap_err(), Miss::Mismatch);
        assert_eq!(set.find(Some("rsa"), Algorithm::Es256).unwrap_err(), Miss::Mismatch);
        assert_eq!(set.find(Some("RSA"), Algorithm::Rs256).unwrap_err(), Miss::Absent);
    }

    #[test]
    fn keys_of_two_types_may_share_a_kid() {
        let (ec, ed) = (jwk(KeyType::P256, Some("k")), jwk(KeyType::Ed25519, Some("k")));
        let set = KeySet::new([&ec, &ed]);
        let types = [Algorithm::Es256, Algorithm::EdDsa].map(|alg| set.find(Some("k"), alg).unwrap().key_type());
        assert_eq!(types, [KeyType::P256, KeyType::Ed25519]);
    }

    #[test]
    fn without_a_kid_exactly_one_key_must_fit() {
        let (ec, ed) = (jwk(KeyType::P256, Some("a")), jwk(KeyType::Ed25519, None));
        let two = jwk(KeyType::P256, Some("b"));
        let set = KeySet::new([&ec, &ed]);
        assert!(set.find(None, Algorithm::Es256).is_ok());
        assert!(set.find(None, Algorithm::EdDsa).is_ok());
        assert_eq!(set.find(None, Algorithm::Rs256).unwrap_err(), Miss::Absent);
        let set = KeySet::new([&ec, &ed, &two]);
        assert_eq!(set.find(None, Algorithm::Es256).unwrap_err(), Miss::Ambiguous);
    }

    #[test]
    fn bad_keys_are_left_out_and_good_ones_stay() {
        let good = jwk(KeyType::Ed25519, Some("good"));
        let mut enc = jwk(KeyType::P256, Some("enc"));
        enc.public_key_use = Some("enc".to_owned());
        let mut curve = jwk(KeyType::P256, Some("off the curve"));
        curve.y = curve.x.clone();
        let mut weak = jwk(KeyType::Rsa2048, Some("weak"));
        weak.n = weak.n.map(|n| n[..170].to_owned());
        let foreign = Algorithm::Rs256;
        let wrong = jwk(KeyType::Ed25519, Some("wrong alg")).with_algorithm(foreign);
        let json = json!({"keys": [
            {"kty": "oct", "kid": "hmac", "alg": "HS256", "k": "AAAA"},
            {"kty": "OKP", "crv": "Ed25519", "kid": "private", "x": good.x, "d": "AAAA"},
            {"kty": "AKP", "kid": "new"}, 7, enc, curve, weak, wrong, good,
        ]});
        let read: JwkSet = serde_json::from_value(json).unwrap();
        let set = KeySet::new(&read.keys);
        assert_eq!(set.len(), 1);
        assert!(set.find(Some("good"), Algorithm::EdDsa).is_ok());
    }
}
