//! A stored hash and its PHC string: `$pbkdf2-sha256$i=27500,l=64$<salt>$<hash>`, named as in the registry of the PHC
//! string format.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{Argon2Params, Argon2Type, Argon2Version, PasswordError, Pbkdf2Digest, Pbkdf2Params};

/// The longest text that is read.
const MAX_TEXT: usize = 512;
/// A shorter hash would be met by chance.
const MIN_HASH: usize = 10;
const MAX_HASH: usize = 128;
const MAX_SALT: usize = 64;
/// What Argon2 itself asks for. RFC 9106 §3.1
const MIN_ARGON2_SALT: usize = 8;

/// The function that turns password and salt into the hash, with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kdf {
    /// RFC 9106 §3
    Argon2(Argon2Params),
    /// RFC 8018 §5.2
    Pbkdf2(Pbkdf2Params),
}

/// A password's hash with what it was made with, within limits: as much work as one login may cost, a salt of at most
/// 64 bytes (with PBKDF2 of none too), a hash of 10 to 128. Its `Debug` shows the function alone.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    kdf: Kdf,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl StoredHash {
    /// Takes the parts. [`PasswordError::Unsupported`] beyond the limits.
    pub fn new(kdf: Kdf, salt: Vec<u8>, hash: Vec<u8>) -> Result<Self, PasswordError> {
        let min_salt = match kdf {
            Kdf::Argon2(params) => params.check().map(|()| MIN_ARGON2_SALT)?,
            Kdf::Pbkdf2(params) => params.check().map(|()| 0)?,
        };
        if !(min_salt..=MAX_SALT).contains(&salt.len()) || !(MIN_HASH..=MAX_HASH).contains(&hash.len()) {
            return Err(PasswordError::Unsupported);
        }
        Ok(Self { kdf, salt, hash })
    }

    /// Reads a PHC string: every parameter of its function once, in the order that the function's own writer keeps,
    /// then salt and hash. Argon2 without a version is 1.0, as its reference implementation has it.
    pub fn parse(phc: &str) -> Result<Self, PasswordError> {
        if phc.len() > MAX_TEXT {
            return Err(PasswordError::Malformed);
        }
        let mut fields = phc.strip_prefix('$').ok_or(PasswordError::Malformed)?.split('$');
        let function = Function::parse(fields.next().unwrap_or_default())?;
        let rest: Vec<&str> = fields.collect();
        let (version, params, salt, hash) = match rest.as_slice() {
            [version, params, salt, hash] => (Some(*version), *params, *salt, *hash),
            [params, salt, hash] => (None, *params, *salt, *hash),
            _ => return Err(PasswordError::Malformed),
        };
        let (salt, hash) = (decode(salt)?, decode(hash)?);
        let kdf = match function {
            Function::Argon2(kind) => argon2(kind, version, params)?,
            Function::Pbkdf2(_) if version.is_some() => return Err(PasswordError::Malformed),
            Function::Pbkdf2(digest) => pbkdf2(digest, params, hash.len())?,
        };
        Self::new(kdf, salt, hash)
    }

    /// The PHC string.
    pub fn to_phc(&self) -> String {
        let function = match self.kdf {
            Kdf::Argon2(params) => {
                let version = match params.version {
                    Argon2Version::V10 => 16,
                    Argon2Version::V13 => 19,
                };
                let name = Function::Argon2(params.kind).name();
                let (m, t, p) = (params.memory_kib, params.passes, params.lanes);
                format!("{name}$v={version}$m={m},t={t},p={p}")
            }
            Kdf::Pbkdf2(params) => {
                let name = Function::Pbkdf2(params.digest).name();
                format!("{name}$i={},l={}", params.iterations, self.hash.len())
            }
        };
        let (salt, hash) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(&self.hash));
        format!("${function}${salt}${hash}")
    }

    /// How it was made.
    pub fn kdf(&self) -> Kdf {
        self.kdf
    }

    /// The salt.
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The hash.
    pub fn hash(&self) -> &[u8] {
        &self.hash
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredHash")
            .field("kdf", &self.kdf)
            .finish_non_exhaustive()
    }
}

/// What the first field names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Argon2(Argon2Type),
    Pbkdf2(Pbkdf2Digest),
}

impl Function {
    const ALL: [Self; 6] = [
        Self::Argon2(Argon2Type::Id),
        Self::Argon2(Argon2Type::I),
        Self::Argon2(Argon2Type::D),
        Self::Pbkdf2(Pbkdf2Digest::Sha1),
        Self::Pbkdf2(Pbkdf2Digest::Sha256),
        Self::Pbkdf2(Pbkdf2Digest::Sha512),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Argon2(Argon2Type::Id) => "argon2id",
            Self::Argon2(Argon2Type::I) => "argon2i",
            Self::Argon2(Argon2Type::D) => "argon2d",
            Self::Pbkdf2(Pbkdf2Digest::Sha1) => "pbkdf2",
            Self::Pbkdf2(Pbkdf2Digest::Sha256) => "pbkdf2-sha256",
            Self::Pbkdf2(Pbkdf2Digest::Sha512) => "pbkdf2-sha512",
        }
    }

    fn parse(name: &str) -> Result<Self, PasswordError> {
        let named = Self::ALL.into_iter().find(|function| function.name() == name);
        named.ok_or(PasswordError::Unsupported)
    }
}

fn argon2(kind: Argon2Type, version: Option<&str>, params: &str) -> Result<Kdf, PasswordError> {
    let version = match version {
        Some("v=19") => Argon2Version::V13,
        Some("v=16") | None => Argon2Version::V10,
        Some(_) => return Err(PasswordError::Unsupported),
    };
    let [memory_kib, passes, lanes] = numbers(params, ["m", "t", "p"])?;
    Ok(Kdf::Argon2(Argon2Params {
        kind,
        version,
        memory_kib,
        passes,
        lanes,
    }))
}

fn pbkdf2(digest: Pbkdf2Digest, params: &str, hash_length: usize) -> Result<Kdf, PasswordError> {
    let iterations = if params.contains(',') {
        let [iterations, length] = numbers(params, ["i", "l"])?;
        if usize::try_from(length) != Ok(hash_length) {
            return Err(PasswordError::Malformed);
        }
        iterations
    } else {
        let [iterations] = numbers(params, ["i"])?;
        iterations
    };
    Ok(Kdf::Pbkdf2(Pbkdf2Params { digest, iterations }))
}

/// Reads `name=number` for each of `names`, separated by commas.
fn numbers<const N: usize>(params: &str, names: [&str; N]) -> Result<[u32; N], PasswordError> {
    let mut found = params.split(',');
    let mut out = [0; N];
    for (number, name) in out.iter_mut().zip(names) {
        let (named, digits) = found
            .next()
            .and_then(|param| param.split_once('='))
            .ok_or(PasswordError::Malformed)?;
        if named != name || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PasswordError::Malformed);
        }
        *number = digits.parse().map_err(|_| PasswordError::Malformed)?;
    }
    found.next().map_or(Ok(out), |_| Err(PasswordError::Malformed))
}

fn decode(text: &str) -> Result<Vec<u8>, PasswordError> {
    STANDARD_NO_PAD.decode(text).map_err(|_| PasswordError::Malformed)
}
