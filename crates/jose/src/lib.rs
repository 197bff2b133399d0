//! JSON Object Signing and Encryption for Keyward, and every other use of cryptography: signing keys, compact
//! signatures, digests, sealing at rest and password hashes. No other crate names a crypto library.
//!
//! Nothing here reads a clock or does input and output. Keys are parsed once and kept.

#![warn(missing_docs)]

pub mod alg;
pub mod digest;
pub mod hmac;
pub mod jwk;
pub mod jws;
pub mod key;
pub mod password;
pub mod random;
pub mod seal;
mod strict;
pub mod thumbprint;

pub use alg::{Algorithm, KeyType};
pub use hmac::HmacKey;
pub use jwk::{Jwk, JwkSet};
pub use jws::{HeaderSegment, JwsError, SignError, Unverified, Verified, sign};
pub use key::{KeyError, SignatureError, SigningKey, VerifyingKey};
pub use seal::{SealError, Sealer, SealingKey, SealingKeyId};
