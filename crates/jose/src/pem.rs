//! Keys and certificates as text. RFC 7468

use zeroize::Zeroizing;

use crate::mime;

/// The longest text that is read: an RSA key of 8192 bits has 6.4 kB.
const MAX_TEXT: usize = 32 * 1024;

/// The text is neither PEM with one object in it nor its base64 alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither PEM nor base64 of DER")]
pub struct PemError;

/// The DER inside a PEM text, or inside its base64 without the lines around it, which is how Keycloak exports keys and
/// certificates. The label is not looked at: what reads the DER tells one structure from another. RFC 7468 §2
///
/// More than one object is refused, and so are encrypted keys with headers (RFC 1421 §4.6).
pub fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, PemError> {
    if text.len() > MAX_TEXT {
        return Err(PemError);
    }
    let text = text.trim();
    let base64 = match text.strip_prefix("-----BEGIN ") {
        Some(rest) => {
            let (label, rest) = rest.split_once("-----").ok_or(PemError)?;
            rest.strip_suffix("-----")
                .and_then(|rest| rest.strip_suffix(label))
                .and_then(|rest| rest.strip_suffix("-----END "))
                .ok_or(PemError)?
        }
        None => text,
    };
    match mime::b64_decode(base64) {
        Ok(der) if !der.is_empty() => Ok(der),
        Ok(_) | Err(_) => Err(PemError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        decode(text).ok().map(|der| der.to_vec())
    }

    #[test]
    fn with_and_without_its_lines() {
        for text in [
            "MAA=",
            "MAA",
            "M\nAA=\n",
            "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
            "\r\n-----BEGIN RSA PRIVATE KEY-----\r\nMAA=\r\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----",
        ] {
            assert_eq!(decoded(text).as_deref(), Some(&[0x30, 0][..]), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        let one = "-----BEGIN A-----\nMAA=\n-----END A-----\n";
        for text in [
            "",
            "-----BEGIN A-----\n-----END A-----",
            "-----BEGIN A-----\nMAA=\n-----END B-----",
            "-----BEGIN A-----\nMAA=",
            "MAA=\n-----END A-----",
            "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END A-----",
            "**********",
            &one.repeat(2),
            &"A".repeat(32 * 1024 + 1),
        ] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }
}
