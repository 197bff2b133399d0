//! The value encoding of `application/x-www-form-urlencoded`.

use std::borrow::Cow;

/// Why a form-encoded value could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormError {
    /// A `%` without two hexadecimal digits.
    Escape,
    /// The decoded bytes are not UTF-8.
    Utf8,
    /// A NUL character, plain or as `%00`.
    Nul,
}

/// Decodes `+` and `%XX`; borrows when nothing is encoded. RFC 6749 §B
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, FormError> {
    let Some(first) = text.bytes().position(|byte| matches!(byte, b'%' | b'+' | 0)) else {
        return Ok(Cow::Borrowed(text));
    };
    let (plain, encoded) = text.as_bytes().split_at(first);
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend_from_slice(plain);
    let mut encoded = encoded.iter().copied();
    while let Some(byte) = encoded.next() {
        let byte = match byte {
            b'+' => b' ',
            b'%' => {
                let high = encoded.next().and_then(hex_digit).ok_or(FormError::Escape)?;
                let low = encoded.next().and_then(hex_digit).ok_or(FormError::Escape)?;
                high << 4 | low
            }
            other => other,
        };
        if byte == 0 {
            return Err(FormError::Nul);
        }
        decoded.push(byte);
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| FormError::Utf8)
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(
            decode("client_credentials"),
            Ok(Cow::Borrowed("client_credentials"))
        ));
    }

    #[test]
    fn plus_and_escapes_are_decoded() {
        assert_eq!(decode("a+b%2B%c3%BC%25").unwrap(), "a b+ü%");
    }

    #[test]
    fn broken_text_is_refused() {
        for broken in ["%", "%4", "%zz", "%+1", "a%4g"] {
            assert_eq!(decode(broken), Err(FormError::Escape), "{broken}");
        }
        assert_eq!(decode("%ff"), Err(FormError::Utf8));
        assert_eq!(decode("%C0%AE"), Err(FormError::Utf8));
        assert_eq!(decode("%00"), Err(FormError::Nul));
        assert_eq!(decode("a\0"), Err(FormError::Nul));
    }
}
