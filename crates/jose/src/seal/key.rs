//! The key that seals.

use std::fmt::{self, Write};

use zeroize::{Zeroize, Zeroizing};

use super::SealError;
use crate::digest::{b64url_decode, b64url_encode, sha256};

/// Which sealing key: the first four bytes of a digest of it, shown as eight hexadecimal digits. It tells keys apart
/// and gives nothing away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SealingKeyId(pub(super) [u8; 4]);

impl fmt::Display for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// 32 random bytes that seal what the database must not show. Its `Debug` shows the id alone.
#[derive(Clone)]
pub struct SealingKey {
    bytes: Zeroizing<[u8; 32]>,
    id: SealingKeyId,
}

impl SealingKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        const LABEL: &[u8; 22] = b"keyward sealing key id";
        let mut labelled = Zeroizing::new([0; 54]);
        for (to, from) in labelled.iter_mut().zip(LABEL.iter().chain(bytes.iter())) {
            *to = *from;
        }
        let [a, b, c, d, ..] = sha256(labelled.as_slice());
        Self {
            bytes,
            id: SealingKeyId([a, b, c, d]),
        }
    }

    /// Reads the text form: 43 characters of base64url; white space around them is ignored.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let mut decoded = b64url_decode(text.trim()).map_err(|_| SealError::Malformed)?;
        let mut bytes = Zeroizing::new([0; 32]);
        let fits = decoded.len() == bytes.len();
        if fits {
            bytes.copy_from_slice(&decoded);
        }
        decoded.zeroize();
        if fits {
            Ok(Self::new(bytes))
        } else {
            Err(SealError::Malformed)
        }
    }

    /// The text form, for the file that keeps the key.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(b64url_encode(self.bytes.as_slice()))
    }

    /// Which key this is.
    pub fn id(&self) -> SealingKeyId {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(")?;
        fmt::Display::fmt(&self.id, f)?;
        f.write_char(')')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_brings_the_same_key_back() {
        let key = SealingKey::new(Zeroizing::new([7; 32]));
        let text = key.to_text();
        assert_eq!(text.len(), 43);
        let again = SealingKey::parse(&format!("{}\n", *text)).unwrap();
        assert_eq!(again.bytes(), key.bytes());
        assert_eq!(again.id(), key.id());
        assert_ne!(SealingKey::new(Zeroizing::new([8; 32])).id(), key.id());
    }

    /// The id is stored in every sealed value, so it must never change.
    #[test]
    fn the_id_is_fixed_and_debug_shows_nothing_else() {
        let key = SealingKey::new(Zeroizing::new([7; 32]));
        let expected = sha256(&[b"keyward sealing key id".as_slice(), &[7; 32]].concat());
        assert_eq!(key.id().0, expected[..4]);
        assert_eq!(key.id().to_string().len(), 8);
        assert_eq!(format!("{key:?}"), format!("SealingKey({})", key.id()));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "AAAA",
            "not base64url!",
            &"A".repeat(42),
            &"A".repeat(44),
            &"=".repeat(43),
        ] {
            assert_eq!(SealingKey::parse(text).unwrap_err(), SealError::Malformed, "{text}");
        }
    }
}
