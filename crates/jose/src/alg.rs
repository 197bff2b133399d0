//! Signature algorithms and the keys that they need.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A signature algorithm with an asymmetric key. RFC 7518 §3.1, RFC 8037 §3.1
///
/// `none` and the HMAC algorithms are absent on purpose: a token that names one of them cannot be represented, so
/// a public key can never be taken for an HMAC secret. RFC 8725 §3.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256. RFC 7518 §3.3
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 octets. RFC 7518 §3.5
    Ps256,
    /// ECDSA on P-256 with SHA-256. RFC 7518 §3.4
    Es256,
    /// EdDSA, with Ed25519 alone. RFC 8037 §3.1
    EdDsa,
}

impl Algorithm {
    /// Every algorithm, in the order in which metadata announces them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The `alg` value. RFC 7515 §4.1.1
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads an `alg` value, case-sensitive; `None` for every algorithm that is not supported. `Ed25519`, the fully
    /// specified name, is `EdDSA` here. RFC 9864 §2.2
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }

    /// The sort of key that the algorithm needs.
    pub const fn key_type(self) -> KeyType {
        match self {
            Self::Rs256 | Self::Ps256 => KeyType::Rsa2048,
            Self::Es256 => KeyType::P256,
            Self::EdDsa => KeyType::Ed25519,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Algorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| de::Error::custom("unsupported signature algorithm"))
    }
}

/// The sort of a key: what is generated, and which algorithms may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyType {
    /// RSA. Generated with 2048 bits; keys from outside may have 2048 to 8192. RFC 7518 §3.3
    Rsa2048,
    /// The curve P-256. RFC 7518 §6.2.1.1
    P256,
    /// The curve Ed25519. RFC 8037 §2
    Ed25519,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{algorithm}\""));
            assert_eq!(serde_json::from_str::<Algorithm>(&json).unwrap(), algorithm);
        }
        assert_eq!(Algorithm::parse("Ed25519"), Some(Algorithm::EdDsa));
    }

    #[test]
    fn none_hmac_and_other_spellings_are_unknown() {
        for name in [
            "none", "None", "NONE", "HS256", "HS512", "rs256", "RS256 ", "RS384", "ES512", "Ed448", "",
        ] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
        assert!(serde_json::from_str::<Algorithm>("\"HS256\"").is_err());
    }
}
