//! HMAC with SHA-256, for values that the server itself made and reads again.

use std::fmt;

use aws_lc_rs::hmac;

/// The key has fewer than 32 bytes. RFC 7518 §3.2
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an HMAC key needs at least 32 bytes")]
pub struct HmacKeyTooShort;

/// A key for HMAC-SHA-256, the `HS256` of RFC 7518 §3.2. Its `Debug` shows nothing.
///
/// It is no [`crate::SigningKey`] and its algorithm is no [`crate::Algorithm`], so a token checked with a public key
/// can never end up here.
#[derive(Clone)]
pub struct HmacKey(hmac::Key);

impl HmacKey {
    /// Makes a key of at least 32 random bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, HmacKeyTooShort> {
        if bytes.len() < 32 {
            return Err(HmacKeyTooShort);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// The authentication tag of `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.0, message).as_ref());
        out
    }

    /// Whether `tag` is the whole tag of `message`, compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::b64url_decode;

    /// RFC 7515 §A.1
    #[test]
    fn hs256_vector() {
        let key =
            b64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let key = HmacKey::new(&key.unwrap()).unwrap();
        let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let tag = b64url_decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert_eq!(key.sign(message).as_slice(), tag);
        assert!(key.verify(message, &tag));
        assert!(!key.verify(b"another message", &tag));
        assert!(!key.verify(message, &tag[..16]));
        assert!(!key.verify(message, b""));
    }

    #[test]
    fn short_keys_are_refused_and_debug_is_silent() {
        assert_eq!(HmacKey::new(&[7; 31]).unwrap_err(), HmacKeyTooShort);
        assert_eq!(format!("{:?}", HmacKey::new(&[7; 32]).unwrap()), "HmacKey([redacted])");
    }
}
