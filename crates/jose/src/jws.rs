//! Signed tokens in the compact serialization. RFC 7515 §7.1

mod header;
mod keyed;
mod sign;
mod unverified;

pub use header::HeaderSegment;
pub use keyed::{KeyedHeader, sign_keyed, verify_keyed};
pub use sign::{SignError, sign};
pub use unverified::{Unverified, Verified};

/// The longest token that is made or read, in bytes.
pub const MAX_TOKEN_BYTES: usize = 20 * 1024;

/// Why a token is not read or not believed. The variants are for logs and tests; to a caller from outside they are
/// all one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than [`MAX_TOKEN_BYTES`].
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLarge,
    /// Not three parts with a full stop between each. RFC 7515 §7.1
    #[error("the token has not exactly three parts")]
    Parts,
    /// A part is not base64url without padding. RFC 7515 §2
    #[error("a part of the token is not base64url")]
    Base64,
    /// The header is no JSON object, too deep, repeats a member, or has a member of the wrong type. RFC 7515 §4
    #[error("the token's header is malformed")]
    Header,
    /// `alg` is missing, `none`, an HMAC algorithm or another that is not supported. RFC 8725 §3.1, §3.2
    #[error("the token's algorithm is not supported")]
    Algorithm,
    /// The header asks for an extension (`crit`, `b64`) or for decompression (`zip`). RFC 7515 §4.1.11
    #[error("the token's header has an extension that is not supported")]
    Extension,
    /// The header's algorithm does not fit the key. RFC 8725 §3.1
    #[error("the token's algorithm does not fit the key")]
    AlgorithmMismatch,
    /// The signature was not made with this key over this token.
    #[error("the token's signature is invalid")]
    Signature,
    /// The payload is no JSON object, too deep, repeats a member, or lacks what the caller needs. RFC 7519 §7.2
    #[error("the token's claims are malformed")]
    Claims,
}
