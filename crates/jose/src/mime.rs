//! Base64 as other servers write it into files: broken into lines, with or without its padding. RFC 2045 §6.8
//!
//! For what is read once, at an import. Tokens and keys on the wire have one spelling
//! ([`crate::digest::b64url_decode`]).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// The bits behind the last byte may be anything, as RFC 2045 says nothing of them.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The text is not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64")]
pub struct MimeError;

/// Reads base64 with white space anywhere and padding or none. RFC 2045 §6.8
///
/// Other characters are refused, where RFC 2045 would have them ignored: the bytes would be others than were meant, and
/// nobody could tell later why a password is wrong.
pub fn b64_decode(text: &str) -> Result<Zeroizing<Vec<u8>>, MimeError> {
    let joined: Zeroizing<Vec<u8>> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect::<Vec<u8>>()
        .into();
    LENIENT.decode(&*joined).map(Zeroizing::new).map_err(|_| MimeError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        b64_decode(text).ok().map(|bytes| bytes.to_vec())
    }

    #[test]
    fn lines_and_padding_do_not_matter() {
        for text in ["c2FsdA==", "c2FsdA", "c2Fs\r\ndA==\r\n", " c2 Fs\tdA =\n= ", "c2FsdB=="] {
            assert_eq!(decoded(text).as_deref(), Some(&b"salt"[..]), "{text:?}");
        }
        assert_eq!(decoded("").as_deref(), Some(&b""[..]));
        assert_eq!(decoded("+/+/").as_deref(), Some(&[0xfb, 0xff, 0xbf][..]));
    }

    #[test]
    fn other_characters_are_refused() {
        for text in [
            "c2FsdA-_",
            "c2Fs*dA==",
            "c",
            "c2FsdA==c2FsdA==",
            "c2FsdA===",
            "=",
            "zäh=",
        ] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }
}
