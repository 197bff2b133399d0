//! Keys that sign and keys that verify, each parsed once.

#[cfg(feature = "certificate")]
mod certificate;
mod import;
mod signing;
mod verifying;

#[cfg(feature = "certificate")]
pub use certificate::Certificate;
pub use import::keycloak_kid;
pub use signing::SigningKey;
pub use verifying::{SignatureError, VerifyingKey};

/// Why there is no key, or why it did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The encoding is broken, or the numbers make no key: a point off the curve, a modulus that is even.
    #[error("the key is malformed")]
    Malformed,
    /// A key type, curve or use that is not supported.
    #[error("the key's type, curve or use is not supported")]
    Unsupported,
    /// An RSA modulus of fewer than 2048 bits or more than 8192. RFC 7518 §3.3
    #[error("the RSA key has fewer than 2048 bits or more than 8192")]
    Size,
    /// The algorithm needs another sort of key. RFC 8725 §3.1
    #[error("the algorithm does not fit the key")]
    AlgorithmMismatch,
    /// The crypto library failed at a step that has no reason to fail.
    #[error("the crypto library failed")]
    Library,
}
