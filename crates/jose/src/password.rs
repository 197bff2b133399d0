//! Hashes of passwords that people choose: Argon2id as PHC strings.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Memory of every new hash, in KiB. With [`PASSES`] and [`LANES`] this is Keycloak's choice since 24 and one of those
/// that the OWASP Password Storage Cheat Sheet calls equal. RFC 9106 §4 would take more memory than a login storm
/// leaves.
pub const MEMORY_KIB: u32 = 7_168;
/// Passes over that memory.
pub const PASSES: u32 = 5;
/// Lanes of that memory.
pub const LANES: u32 = 1;

/// What an imported hash may ask for, so that one row cannot take the server's memory or minutes of its time.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// Why a password was neither hashed nor compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The stored hash is no PHC string with salt and hash.
    #[error("the stored password hash is malformed")]
    Malformed,
    /// The stored hash is not Argon2id, or asks for more work than is allowed.
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
/// slow as the string's own parameters ask within the limits here.
pub fn verify(password: &str, phc: &str) -> Result<bool, PasswordError> {
    Memory::default().verify(password, phc)
}

impl Memory {
    /// [`hash`] in this memory.
    pub fn hash(&mut self, password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Failed)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(|_| PasswordError::Failed)?,
            salt: Some(Salt::new(salt).map_err(|_| PasswordError::Failed)?),
            hash: Some(self.output(password, salt, Version::V0x13, params)?),
        };
        Ok(hash.to_string())
    }

    /// [`verify`] in this memory.
    pub fn verify(&mut self, password: &str, phc: &str) -> Result<bool, PasswordError> {
        let (hash, params) = parse(phc)?;
        let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
            return Err(PasswordError::Malformed);
        };
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
        let version = version.map_err(|_| PasswordError::Unsupported)?;
        // `Output` compares in constant time.
        Ok(self.output(password, salt, version, params)? == *expected)
    }

    /// What Argon2id makes of a password.
    fn output(
        &mut self,
        password: &str,
        salt: &[u8],
        version: Version,
        params: Params,
    ) -> Result<Output, PasswordError> {
        let Self(memory) = self;
        let blocks = params.block_count();
        let missing = blocks.saturating_sub(memory.len());
        memory.try_reserve_exact(missing).map_err(|_| PasswordError::Failed)?;
        memory.resize(memory.len() + missing, Block::default());
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut buffer = [0; Output::MAX_LENGTH];
        let out = buffer.get_mut(..length).ok_or(PasswordError::Unsupported)?;
        Argon2::new(Algorithm::Argon2id, version, params)
            .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut *memory)
            .map_err(|_| PasswordError::Failed)?;
        if blocks > MEMORY_KIB as usize {
            // An imported hash that asks for more: rare, and renewed at this login.
            *memory = Vec::new();
        }
        Output::new(out).map_err(|_| PasswordError::Failed)
    }
}

/// Whether a stored hash has other parameters than [`hash`] uses today, so that the next login should renew it.
pub fn is_outdated(phc: &str) -> Result<bool, PasswordError> {
    let (hash, params) = parse(phc)?;
    Ok(
        (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
            || hash.version != Some(Version::V0x13.into()),
    )
}

fn parse(phc: &str) -> Result<(PasswordHash, Params), PasswordError> {
    let hash = PasswordHash::new(phc).map_err(|_| PasswordError::Malformed)?;
    if hash.algorithm.as_str() != "argon2id" {
        return Err(PasswordError::Unsupported);
    }
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(PasswordError::Malformed);
    }
    let params = Params::try_from(&hash).map_err(|_| PasswordError::Unsupported)?;
    if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
        return Err(PasswordError::Unsupported);
    }
    Ok((hash, params))
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    #[test]
    fn the_right_password_and_no_other() {
        let phc = hash("correct horse", &[5; 16]).unwrap();
        assert!(
            phc.starts_with("$argon2id$v=19$m=7168,t=5,p=1$BQUFBQUFBQUFBQUFBQUFBQ$"),
            "{phc}"
        );
        assert_eq!(verify("correct horse", &phc), Ok(true));
        assert_eq!(verify("correct horsf", &phc), Ok(false));
        assert_eq!(verify("", &phc), Ok(false));
        assert_ne!(hash("correct horse", &[6; 16]).unwrap(), phc);
        assert_eq!(is_outdated(&phc), Ok(false));
    }

    #[test]
    fn imported_parameters_are_kept_within_limits() {
        let other = Argon2::from(Params::new(19_456, 2, 1, None).unwrap());
        let phc = other
            .hash_password_with_salt(b"imported", &[1; 16])
            .unwrap()
            .to_string();
        assert_eq!(verify("imported", &phc), Ok(true));
        assert_eq!(is_outdated(&phc), Ok(true));
        let greedy = phc.replace("m=19456", "m=4000000");
        assert_eq!(verify("imported", &greedy), Err(PasswordError::Unsupported));
        let slow = phc.replace("t=2", "t=5000");
        assert_eq!(verify("imported", &slow), Err(PasswordError::Unsupported));
        let other = phc.replace("argon2id", "argon2i");
        assert_eq!(verify("imported", &other), Err(PasswordError::Unsupported));
    }

    #[test]
    fn memory_that_was_used_changes_nothing() {
        let small = Argon2::from(Params::new(64, 2, 1, None).unwrap());
        let small = small.hash_password_with_salt(b"small", &[1; 16]).unwrap().to_string();
        let once = hash("correct horse", &[5; 16]).unwrap();
        let mut memory = Memory::default();
        assert_eq!(memory.hash("another", &[9; 16]).map(|_| ()), Ok(()));
        assert_eq!(memory.verify("small", &small), Ok(true));
        assert_eq!(memory.hash("correct horse", &[5; 16]).unwrap(), once);
        Argon2::default()
            .verify_password(b"correct horse", once.as_str())
            .unwrap();
    }

    #[test]
    fn a_hash_of_the_first_version_is_compared_by_it() {
        let params = Params::new(64, 2, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x10, params);
        let phc = old.hash_password_with_salt(b"old", &[1; 16]).unwrap().to_string();
        assert_eq!(verify("old", &phc), Ok(true));
        assert_eq!(verify("odd", &phc), Ok(false));
        assert_eq!(is_outdated(&phc), Ok(true));
    }

    #[test]
    fn what_is_no_hash_is_malformed() {
        for phc in [
            "",
            "plain",
            "$argon2id$v=19$m=8,t=1,p=1",
            "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ",
        ] {
            assert_eq!(verify("x", phc), Err(PasswordError::Malformed), "{phc}");
        }
    }
}
