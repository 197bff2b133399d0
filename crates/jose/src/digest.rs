//! SHA-256, comparison in constant time and base64url.

use aws_lc_rs::{constant_time, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use md5::{Digest, Md5};

/// The SHA-256 digest of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// The MD5 digest of `bytes`. It proves nothing: it is only how a UUID is made from a name. RFC 9562 §5.3
pub fn md5_of_name(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// The text is not base64url without padding, or not the shortest spelling of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64url without padding")]
pub struct Base64UrlError;

/// Base64url without padding. RFC 7515 §2
pub fn b64url_encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Base64 with padding, as Keycloak writes public keys. RFC 4648 §4
pub fn b64_encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64url without padding. Padding, line breaks, other alphabets and non-zero trailing bits are refused, so
/// that each byte string has exactly one spelling. RFC 7515 §2, RFC 4648 §3.5
pub fn b64url_decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Base64UrlError)
}

/// Appends the base64url text of `bytes` to `out`.
pub(crate) fn b64url_append(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc() {
        assert_eq!(
            b64url_encode(&sha256(b"abc")),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
        );
    }

    #[test]
    fn md5_of_a_name() {
        // RFC 1321 §A.5
        assert_eq!(b64_encode(&md5_of_name(b"abc")), "kAFQmDzST7DWlj99KOF/cg==");
    }

    #[test]
    fn equality() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sane"));
        assert!(!constant_time_eq(b"same", b"same longer"));
    }

    #[test]
    fn base64url_has_one_spelling() {
        assert_eq!(b64url_decode("_-8").unwrap(), [0xff, 0xef]);
        for text in ["_-8=", "/+8", "_-9", "_", "_- 8", "_-8\n"] {
            assert_eq!(b64url_decode(text), Err(Base64UrlError), "{text:?}");
        }
    }
}
