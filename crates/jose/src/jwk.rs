//! Public JSON Web Keys. RFC 7517

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::alg::Algorithm;
use crate::thumbprint::{ThumbprintError, thumbprint};

/// A public key as JSON. RFC 7517 §4, RFC 7518 §6, RFC 8037 §2
///
/// There is no place for private members, and reading a key that carries one (or a symmetric key) fails: whoever sent
/// it has given the key away. Members that are not listed are ignored; `x5u`, `x5c` and the like are never followed.
/// Whether the numbers make a key is decided by [`crate::VerifyingKey::from_jwk`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Members")]
pub struct Jwk {
    /// Key ID. RFC 7517 §4.5
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Key type: `RSA`, `EC`, `OKP`, or one that is not supported here. RFC 7517 §4.1
    pub kty: String,
    /// The one algorithm that the key is for. RFC 7517 §4.4
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `use`: `sig` or `enc`. RFC 7517 §4.2
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub public_key_use: Option<String>,
    /// Curve, of `EC` and `OKP` keys. RFC 7518 §6.2.1.1, RFC 8037 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// First coordinate, or the whole public key of `OKP`; base64url. RFC 7518 §6.2.1.2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate, base64url. RFC 7518 §6.2.1.3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// RSA modulus, base64url. RFC 7518 §6.3.1.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// RSA public exponent, base64url. RFC 7518 §6.3.1.2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

impl Jwk {
    /// The key bound to one algorithm, as a JWK Set publishes it. RFC 7517 §4.4
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.alg = Some(algorithm.name().to_owned());
        self
    }

    /// The SHA-256 thumbprint. RFC 7638 §3
    pub fn thumbprint(&self) -> Result<String, ThumbprintError> {
        thumbprint(self)
    }

    /// A key with nothing but its type.
    pub(crate) fn of_type(kty: &str) -> Self {
        Self {
            kid: None,
            kty: kty.to_owned(),
            alg: None,
            public_key_use: None,
            crv: None,
            x: None,
            y: None,
            n: None,
            e: None,
        }
    }
}

/// What is read: the public members, and the private ones only to refuse them.
#[derive(Deserialize)]
struct Members {
    kid: Option<String>,
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    public_key_use: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
    p: Option<IgnoredAny>,
    q: Option<IgnoredAny>,
    dp: Option<IgnoredAny>,
    dq: Option<IgnoredAny>,
    qi: Option<IgnoredAny>,
    oth: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
    #[serde(rename = "priv")]
    private: Option<IgnoredAny>,
}

#[derive(Debug, thiserror::Error)]
#[error("the key has private members")]
struct PrivateMembers;

impl TryFrom<Members> for Jwk {
    type Error = PrivateMembers;

    fn try_from(members: Members) -> Result<Self, PrivateMembers> {
        let Members {
            d,
            p,
            q,
            dp,
            dq,
            qi,
            oth,
            k,
            private,
            ..
        } = &members;
        if [d, p, q, dp, dq, qi, oth, k, private].into_iter().any(Option::is_some) {
            return Err(PrivateMembers);
        }
        let Members {
            kid,
            kty,
            alg,
            public_key_use,
            crv,
            x,
            y,
            n,
            e,
            ..
        } = members;
        Ok(Self {
            kid,
            kty,
            alg,
            public_key_use,
            crv,
            x,
            y,
            n,
            e,
        })
    }
}

/// A set of public keys. RFC 7517 §5
///
/// Entries that are no public key are left out when a set is read, as RFC 7517 §5 asks, so that one new sort of key
/// does not make the others unreadable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys, in no order that matters.
    #[serde(deserialize_with = "readable")]
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The first key with this `kid`.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|jwk| jwk.kid.as_deref() == Some(kid))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Key(Box<Jwk>),
    Other(IgnoredAny),
}

fn readable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Jwk>, D::Error> {
    let entries = Vec::<Entry>::deserialize(deserializer)?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Key(jwk) => Some(*jwk),
            Entry::Other(_) => None,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str =
        r#"{"kid":"1","kty":"OKP","use":"sig","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn public_keys_are_read_and_written() {
        let jwk: Jwk = serde_json::from_str(PUBLIC).unwrap();
        assert_eq!(serde_json::to_string(&jwk).unwrap(), PUBLIC);
        assert_eq!(jwk.with_algorithm(Algorithm::EdDsa).alg.as_deref(), Some("EdDSA"));
    }

    #[test]
    fn private_and_symmetric_keys_are_refused() {
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
            let json = PUBLIC.replacen('{', &format!("{{\"{member}\":\"AA\","), 1);
            assert!(serde_json::from_str::<Jwk>(&json).is_err(), "{member}");
        }
    }

    #[test]
    fn a_member_twice_is_refused() {
        assert!(serde_json::from_str::<Jwk>(r#"{"kty":"OKP","kty":"EC"}"#).is_err());
    }

    #[test]
    fn a_set_keeps_the_keys_it_can_read() {
        let json = format!(r#"{{"keys":[{{"kty":"oct","k":"AA"}},{PUBLIC},{{"kty":7}},3,{{"kty":"AKP"}}]}}"#);
        let set: JwkSet = serde_json::from_str(&json).unwrap();
        assert_eq!(set.keys.len(), 2);
        assert_eq!(set.find("1").unwrap().kty, "OKP");
        assert!(set.find("2").is_none());
    }
}
