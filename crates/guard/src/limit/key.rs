//! Whom a bucket belongs to.

use std::fmt;
use std::net::IpAddr;

use keyward_jose::{HmacKey, random};
use thiserror::Error;

use super::{Algorithm, Limit};

/// Starts every message, so that the secret's digests cannot be taken for those of another use.
const DOMAIN: &[u8] = b"keyward limit 1";

/// Whom a bucket belongs to: 128 bits of a keyed digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(pub(super) u128);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:032x})", self.0)
    }
}

/// What requests have in common that share a bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// The application or service.
    Client {
        /// Who knows it.
        issuer: &'a str,
        /// Its `client_id`.
        client_id: &'a str,
    },
    /// The person.
    Subject {
        /// Who knows them.
        issuer: &'a str,
        /// Their `sub`.
        subject: &'a str,
    },
    /// The API key, by its public id.
    ApiKey(&'a str),
    /// The address: of IPv6 the network of 64 bits, which is what a provider gives to one household.
    Address(IpAddr),
    /// The route, by its name.
    Route(&'a str),
    /// Anything else, such as the value of a claim.
    Other {
        /// What it is.
        name: &'a str,
        /// Its value, which may come from the request as it is.
        value: &'a [u8],
    },
}

/// Makes keys. Without its secret nobody can look for two callers with one key, or for many that crowd one place of
/// the store. Guards that share a store need the same secret.
#[derive(Clone, Debug)]
pub struct KeySecret(HmacKey);

/// The secret has fewer than 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the secret of the limits' keys needs at least 32 bytes")]
pub struct KeySecretTooShort;

impl KeySecret {
    /// Takes at least 32 random bytes.
    pub fn new(secret: &[u8]) -> Result<Self, KeySecretTooShort> {
        HmacKey::new(secret).map(Self).map_err(|_| KeySecretTooShort)
    }

    /// A secret for this process alone.
    pub fn random() -> Self {
        let mut secret = [0; 32];
        random::fill(&mut secret);
        Self::sized(secret)
    }

    #[expect(clippy::expect_used, reason = "32 bytes are enough")]
    fn sized(secret: [u8; 32]) -> Self {
        Self::new(&secret).expect("32 bytes are enough")
    }

    /// The key of whom `parts` describe. Two limits never share one, nor do two quotas of one limit: with a new quota
    /// counting starts anew.
    pub fn key(&self, limit: &Limit, parts: &[Part<'_>]) -> Key {
        let mut message = Message::new();
        message.text(limit.name().as_bytes());
        message.quota(limit);
        for part in parts {
            message.part(*part);
        }
        let mut half = [0; 16];
        for (to, from) in half.iter_mut().zip(self.0.sign(&message.0)) {
            *to = from;
        }
        Key(u128::from_le_bytes(half))
    }
}

/// What is signed. Every text has its length before it, so that no two lists of parts read the same.
struct Message(Vec<u8>);

impl Message {
    fn new() -> Self {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(DOMAIN);
        Self(bytes)
    }

    fn quota(&mut self, limit: &Limit) {
        let quota = limit.quota();
        self.0.push(match quota.algorithm() {
            Algorithm::Window => 0,
            Algorithm::Gcra => 1,
        });
        for number in [quota.requests(), quota.window_secs(), quota.burst()] {
            self.0.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Client { issuer, client_id } => self.tagged(1, &[issuer.as_bytes(), client_id.as_bytes()]),
            Part::Subject { issuer, subject } => self.tagged(2, &[issuer.as_bytes(), subject.as_bytes()]),
            Part::ApiKey(id) => self.tagged(3, &[id.as_bytes()]),
            Part::Address(address) => self.address(address),
            Part::Route(name) => self.tagged(6, &[name.as_bytes()]),
            Part::Other { name, value } => self.tagged(7, &[name.as_bytes(), value]),
        }
    }

    fn address(&mut self, address: IpAddr) {
        match address.to_canonical() {
            IpAddr::V4(address) => self.tagged(4, &[&address.octets()]),
            IpAddr::V6(address) => self.tagged(5, &[&(address.to_bits() >> 64).to_be_bytes()]),
        }
    }

    fn tagged(&mut self, tag: u8, texts: &[&[u8]]) {
        self.0.push(tag);
        for text in texts {
            self.text(text);
        }
    }

    fn text(&mut self, text: &[u8]) {
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::limit::{Place, Quota};

    fn limit(name: &str, requests: u32) -> Limit {
        let quota = Quota::window(requests, Duration::from_mins(1)).unwrap();
        Limit::new(name, quota, Place::Local).unwrap()
    }

    fn other<'a>(name: &'a str, value: &'a [u8]) -> Part<'a> {
        Part::Other { name, value }
    }

    #[test]
    fn values_cannot_be_shifted_between_parts() {
        let secret = KeySecret::new(&[7; 32]).unwrap();
        let limit = limit("default", 100);
        let lists: [&[Part<'_>]; 12] = [
            &[],
            &[Part::Route("")],
            &[Part::Route("a"), Part::Route("b")],
            &[Part::Route("ab")],
            &[Part::Client {
                issuer: "a",
                client_id: "b",
            }],
            &[Part::Client {
                issuer: "ab",
                client_id: "",
            }],
            &[Part::Subject {
                issuer: "a",
                subject: "b",
            }],
            &[Part::ApiKey("ab")],
            &[other("a", b"b")],
            &[other("ab", b"")],
            &[other("a", b"b\x06\x00\x00\x00\x00\x00\x00\x00\x00")],
            &[other("a", b"b"), Part::Route("")],
        ];
        for (at, one) in lists.iter().enumerate() {
            assert_eq!(secret.key(&limit, one), secret.key(&limit, one));
            for another in lists.iter().skip(at + 1) {
                assert_ne!(secret.key(&limit, one), secret.key(&limit, another));
            }
        }
    }

    #[test]
    fn limits_quotas_and_secrets_are_apart() {
        let secret = KeySecret::new(&[7; 32]).unwrap();
        let key = secret.key(&limit("a", 100), &[]);
        assert_ne!(key, secret.key(&limit("b", 100), &[]));
        assert_ne!(key, secret.key(&limit("a", 101), &[]));
        assert_ne!(key, KeySecret::random().key(&limit("a", 100), &[]));
        assert_eq!(KeySecret::new(&[7; 31]).unwrap_err(), KeySecretTooShort);
        assert_eq!(format!("{secret:?}"), "KeySecret(HmacKey([redacted]))");
    }

    #[test]
    fn hopping_through_a_network_of_ipv6_does_not_help() {
        let secret = KeySecret::random();
        let limit = limit("address", 100);
        let key = |address: &str| secret.key(&limit, &[Part::Address(address.parse().unwrap())]);
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:ffff:ffff:ffff"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("203.0.113.9"), key("::ffff:203.0.113.9"));
        assert_ne!(key("203.0.113.9"), key("203.0.113.10"));
    }

    proptest! {
        #[test]
        fn different_parts_have_different_keys(
            one in prop::collection::vec(("[ab]{0,2}", prop::collection::vec(0_u8..4, 0..4)), 0..3),
            another in prop::collection::vec(("[ab]{0,2}", prop::collection::vec(0_u8..4, 0..4)), 0..3),
        ) {
            let secret = KeySecret::new(&[7; 32]).unwrap();
            let limit = limit("default", 100);
            let key = |parts: &[(String, Vec<u8>)]| {
                secret.key(&limit, &parts.iter().map(|(name, value)| other(name, value)).collect::<Vec<_>>())
            };
            prop_assert_eq!(key(&one) == key(&another), one == another);
        }
    }
}
