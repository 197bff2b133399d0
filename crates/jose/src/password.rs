//! Hashes of passwords that people choose, as PHC strings: Argon2id for each new one, and what imported ones were made
//! with, so that people log in with the passwords they had.

use argon2::Block;

mod argon2id;
mod pbkdf2;
mod stored;

pub use argon2id::{Argon2Params, Argon2Type, Argon2Version};
pub use pbkdf2::{Pbkdf2Digest, Pbkdf2Params};
pub use stored::{Kdf, StoredHash};

/// Memory of every new hash, in KiB. With [`PASSES`] and [`LANES`] this is Keycloak's choice since 24 and one of those
/// that the OWASP Password Storage Cheat Sheet calls equal. RFC 9106 §4 would take more memory than a login storm
/// leaves.
pub const MEMORY_KIB: u32 = 7_168;
/// Passes over that memory.
pub const PASSES: u32 = 5;
/// Lanes of that memory.
pub const LANES: u32 = 1;

/// How new hashes are made.
const CURRENT: Argon2Params = Argon2Params {
    kind: Argon2Type::Id,
    version: Argon2Version::V13,
    memory_kib: MEMORY_KIB,
    passes: PASSES,
    lanes: LANES,
};

/// Bytes of a new hash.
const HASH_LENGTH: usize = 32;

/// Why a password was neither hashed nor compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The stored hash is no PHC string with salt and hash.
    #[error("the stored password hash is malformed")]
    Malformed,
    /// The stored hash has an algorithm that is not known, or asks for more work than is allowed.
    #[error("the stored password hash has an algorithm or parameters that are not supported")]
    Unsupported,
    /// The hash could not be computed, for lack of memory for instance.
    #[error("the password could not be hashed")]
    Failed,
}

/// Memory that hashes work in, for a thread that makes many. Given back after each hash it is spread over the
/// allocator's arena and stays there, ten times its size after a few logins; kept, it is what one hash takes.
#[derive(Default)]
pub struct Memory(Vec<Block>);

/// Hashes a password with Argon2id (7 MiB, 5 passes, 1 lane) and returns the PHC string. RFC 9106 §3
///
/// It takes tens of milliseconds and 7 MiB: never on a thread that answers requests. `salt` is 16 fresh random bytes.
pub fn hash(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    Memory::default().hash(password, salt)
}

/// Whether `password` is the one behind the PHC string `phc`, compared in constant time. As slow as [`hash`], or as
/// slow as the string's own parameters ask within the limits of [`StoredHash`].
pub fn verify(password: &str, phc: &str) -> Result<bool, PasswordError> {
    Memory::default().verify(password, phc)
}

impl Memory {
    /// [`hash`] in this memory.
    pub fn hash(&mut self, password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
        let Self(blocks) = self;
        let mut out = vec![0; HASH_LENGTH];
        argon2id::derive(CURRENT, password, salt, &mut out, blocks)?;
        Ok(StoredHash::new(Kdf::Argon2(CURRENT), salt.to_vec(), out)?.to_phc())
    }

    /// [`verify`] in this memory.
    pub fn verify(&mut self, password: &str, phc: &str) -> Result<bool, PasswordError> {
        let Self(blocks) = self;
        let stored = StoredHash::parse(phc)?;
        match stored.kdf() {
            Kdf::Argon2(params) => argon2id::verify(params, password, &stored, blocks),
            Kdf::Pbkdf2(params) => pbkdf2::verify(params, password, &stored),
        }
    }
}

/// Whether a stored hash was made in another way than [`hash`] does today, so that the next login should renew it.
pub fn is_outdated(phc: &str) -> Result<bool, PasswordError> {
    Ok(StoredHash::parse(phc)?.kdf() != Kdf::Argon2(CURRENT))
}

#[cfg(test)]
mod tests;
