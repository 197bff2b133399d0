//! Argon2, new hashes by Argon2id alone. RFC 9106

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::{MEMORY_KIB, PasswordError, StoredHash};
use crate::digest::constant_time_eq;

/// What an imported hash may ask for, so that one row cannot take the server's memory or minutes of its time.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// Which Argon2. RFC 9106 §3.2
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argon2Type {
    /// Memory is addressed by the password.
    D,
    /// Memory is addressed by a counter.
    I,
    /// The one after the other: what RFC 9106 §4 recommends.
    Id,
}

/// The version of the algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argon2Version {
    /// 1.0, of 2015: `v=16`.
    V10,
    /// 1.3, that of RFC 9106: `v=19`.
    V13,
}

/// How an Argon2 hash is made. RFC 9106 §3.1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Params {
    /// d, i or id.
    pub kind: Argon2Type,
    /// 1.0 or 1.3.
    pub version: Argon2Version,
    /// Memory in KiB, at least 8 for each lane; 256 MiB at most.
    pub memory_kib: u32,
    /// Passes over the memory, 1 to 16.
    pub passes: u32,
    /// Lanes, 1 to 16.
    pub lanes: u32,
}

impl Argon2Params {
    pub(super) fn check(&self) -> Result<(), PasswordError> {
        let fits = self.memory_kib <= MAX_MEMORY_KIB && self.passes <= MAX_PASSES && self.lanes <= MAX_LANES;
        self.params(None)
            .map(|_| ())
            .filter(|()| fits)
            .ok_or(PasswordError::Unsupported)
    }

    fn params(&self, length: Option<usize>) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, length).ok()
    }
}

/// Fills `out`, working in `memory`, which grows to what the parameters need.
pub(super) fn derive(
    params: Argon2Params,
    password: &str,
    salt: &[u8],
    out: &mut [u8],
    memory: &mut Vec<Block>,
) -> Result<(), PasswordError> {
    let algorithm = match params.kind {
        Argon2Type::D => Algorithm::Argon2d,
        Argon2Type::I => Algorithm::Argon2i,
        Argon2Type::Id => Algorithm::Argon2id,
    };
    let version = match params.version {
        Argon2Version::V10 => Version::V0x10,
        Argon2Version::V13 => Version::V0x13,
    };
    let params = params.params(Some(out.len())).ok_or(PasswordError::Unsupported)?;
    let blocks = params.block_count();
    let missing = blocks.saturating_sub(memory.len());
    memory.try_reserve_exact(missing).map_err(|_| PasswordError::Failed)?;
    memory.resize(memory.len() + missing, Block::default());
    let derived = Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut *memory)
        .map_err(|_| PasswordError::Failed);
    if blocks > MEMORY_KIB as usize {
        // An imported hash that asks for more: rare, and renewed at this login.
        *memory = Vec::new();
    }
    derived
}

pub(super) fn verify(
    params: Argon2Params,
    password: &str,
    stored: &StoredHash,
    memory: &mut Vec<Block>,
) -> Result<bool, PasswordError> {
    let mut found = vec![0; stored.hash().len()];
    derive(params, password, stored.salt(), &mut found, memory)?;
    Ok(constant_time_eq(&found, stored.hash()))
}
