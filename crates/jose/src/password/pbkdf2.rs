//! PBKDF2, for imported hashes only. RFC 8018 §5.2

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};

use super::{PasswordError, StoredHash};

/// What an imported hash may ask for: Keycloak's largest is 1,300,000, with SHA-1. Two million with SHA-512 take a
/// second or two.
const MAX_ITERATIONS: u32 = 2_000_000;

/// The hash under PBKDF2's HMAC. RFC 8018 §B.1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pbkdf2Digest {
    /// SHA-1, of old: no collision of it weakens this use.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How a PBKDF2 hash is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pbkdf2Params {
    /// The hash under the HMAC.
    pub digest: Pbkdf2Digest,
    /// Rounds, 1 to 2,000,000.
    pub iterations: u32,
}

impl Pbkdf2Params {
    pub(super) fn check(self) -> Result<(), PasswordError> {
        let bounded = self.iterations <= MAX_ITERATIONS;
        self.rounds()
            .filter(|_| bounded)
            .map(|_| ())
            .ok_or(PasswordError::Unsupported)
    }

    fn rounds(self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.iterations)
    }

    fn algorithm(self) -> Algorithm {
        match self.digest {
            Pbkdf2Digest::Sha1 => PBKDF2_HMAC_SHA1,
            Pbkdf2Digest::Sha256 => PBKDF2_HMAC_SHA256,
            Pbkdf2Digest::Sha512 => PBKDF2_HMAC_SHA512,
        }
    }
}

/// The key length is that of the stored hash: Keycloak 23 and older made 64 bytes whatever the digest.
pub(super) fn verify(params: Pbkdf2Params, password: &str, stored: &StoredHash) -> Result<bool, PasswordError> {
    let rounds = params.rounds().ok_or(PasswordError::Unsupported)?;
    // The library compares in constant time. It panics for hashes longer than 85 GB alone, and `StoredHash` has none.
    let password = password.as_bytes();
    Ok(pbkdf2::verify(params.algorithm(), rounds, stored.salt(), password, stored.hash()).is_ok())
}
