//! JSON Object Signing and Encryption for Keyward, and every other use of cryptography: signing keys, compact
//! signatures, digests, sealing at rest, password hashes and one-time codes. No other crate names a crypto library.
//!
//! Nothing here reads a clock or does input and output. Keys are parsed once and kept.

#![warn(missing_docs)]

pub mod alg;
pub mod digest;
pub mod half_hash;
pub mod hmac;
pub mod jwk;
pub mod jws;
pub mod key;
pub mod mime;
pub mod password;
pub mod pem;
pub mod random;
pub mod seal;
pub mod strict;
pub mod thumbprint;
pub mod totp;

pub use alg::{Algorithm, KeyType};
pub use half_hash::half_hash;
pub use hmac::HmacKey;
pub use jwk::{Jwk, JwkSet};
pub use jws::{HeaderSegment, JwsError, KeyedHeader, SignError, Unverified, Verified, sign, sign_keyed, verify_keyed};
pub use key::{KeyError, SignatureError, SigningKey, VerifyingKey};
pub use seal::{SealError, Sealer, SealingKey, SealingKeyId};
