//! Sealing and opening.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{SealError, SealingKey, SealingKeyId};

/// The first byte of every sealed value; another layout gets another number.
const VERSION: u8 = 1;
/// Version and key id.
const PREFIX_LEN: usize = 5;
const TAG_LEN: usize = 16;

/// The sealing keys of a server: one that seals, and older ones that still open.
#[derive(Debug, Clone)]
pub struct Sealer {
    current: SealingKey,
    older: Vec<SealingKey>,
}

impl Sealer {
    /// Seals under `current`; opens under it and each of `older`.
    pub fn new(current: SealingKey, older: Vec<SealingKey>) -> Self {
        Self { current, older }
    }

    /// The key that seals.
    pub fn current_id(&self) -> SealingKeyId {
        self.current.id()
    }

    /// Seals `plain` for the row that `aad` names (see [`associated_data`]). `nonce` is 12 fresh random bytes, which
    /// suffices for 2³² values under one key. NIST SP 800-38D §8.3
    ///
    /// The result is a version byte, the 4-byte key id, the nonce, the ciphertext and the 16-byte tag. Version and key
    /// id are authenticated too.
    pub fn seal(&self, aad: &[u8], plain: &[u8], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, SealError> {
        let prefix = [[VERSION].as_slice(), &self.current.id().0].concat();
        let mut sealed = Vec::with_capacity(PREFIX_LEN + NONCE_LEN + plain.len() + TAG_LEN);
        sealed.extend_from_slice(&prefix);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed
            .split_at_mut_checked(PREFIX_LEN + NONCE_LEN)
            .ok_or(SealError::Library)?;
        let tag = cipher(&self.current)?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from([&prefix, aad].concat()),
                body,
            )
            .map_err(|_| SealError::Library)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what [`Sealer::seal`] made for the same `aad`.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let id = key_id_of(sealed)?;
        let key = self
            .keys()
            .find(|key| key.id() == id)
            .ok_or(SealError::UnknownKey { id })?;
        let (prefix, rest) = sealed.split_at_checked(PREFIX_LEN).ok_or(SealError::Malformed)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Malformed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Malformed)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = cipher(key)?
            .open_in_place(nonce, Aad::from([prefix, aad].concat()), &mut plain)
            .map_err(|_| SealError::Tampered)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Whether a sealed value is under an older key and should be resealed.
    pub fn is_outdated(&self, sealed: &[u8]) -> Result<bool, SealError> {
        Ok(key_id_of(sealed)? != self.current.id())
    }

    /// Opens a value and seals it under the current key. `nonce` as for [`Sealer::seal`].
    pub fn reseal(&self, aad: &[u8], sealed: &[u8], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, SealError> {
        self.seal(aad, &self.open(aad, sealed)?, nonce)
    }

    fn keys(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

/// The key that a value was sealed under; [`SealError::Malformed`] if it is no sealed value.
pub fn key_id_of(sealed: &[u8]) -> Result<SealingKeyId, SealError> {
    match sealed {
        [VERSION, a, b, c, d, rest @ ..] if rest.len() >= NONCE_LEN + TAG_LEN => Ok(SealingKeyId([*a, *b, *c, *d])),
        _ => Err(SealError::Malformed),
    }
}

/// Associated data that names a row, from parts such as realm, kind and row id. Each part goes with its length, so
/// that no two different lists of parts give the same bytes.
pub fn associated_data(parts: &[&str]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part.as_bytes());
    }
    out
}

/// Made for each use: sealing is rare, and the key then lies in memory once.
fn cipher(key: &SealingKey) -> Result<LessSafeKey, SealError> {
    Ok(LessSafeKey::new(
        UnboundKey::new(&AES_256_GCM, key.bytes()).map_err(|_| SealError::Library)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: [u8; NONCE_LEN] = [9; NONCE_LEN];

    fn key(byte: u8) -> SealingKey {
        SealingKey::new(Zeroizing::new([byte; 32]))
    }

    fn sealer(current: u8, older: &[u8]) -> Sealer {
        Sealer::new(key(current), older.iter().copied().map(key).collect())
    }

    #[test]
    fn what_is_sealed_opens_for_its_row_alone() {
        let keys = sealer(1, &[]);
        let row = associated_data(&["demo", "client_secret", "17"]);
        for plain in [b"".as_slice(), b"s", b"a longer secret"] {
            let sealed = keys.seal(&row, plain, NONCE).unwrap();
            assert_eq!(sealed.len(), 1 + 4 + 12 + plain.len() + 16);
            assert_eq!(keys.open(&row, &sealed).unwrap().as_slice(), plain);
            let other = associated_data(&["demo", "client_secret", "18"]);
            assert_eq!(keys.open(&other, &sealed).unwrap_err(), SealError::Tampered);
            assert_eq!(keys.open(b"", &sealed).unwrap_err(), SealError::Tampered);
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let keys = sealer(1, &[]);
        let sealed = keys.seal(b"row", b"secret", NONCE).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            let expected = match index {
                0 => SealError::Malformed,
                1..=4 => SealError::UnknownKey {
                    id: key_id_of(&changed).unwrap(),
                },
                _ => SealError::Tampered,
            };
            assert_eq!(keys.open(b"row", &changed).unwrap_err(), expected, "byte {index}");
        }
    }

    #[test]
    fn a_second_key_reseals() {
        let sealed = sealer(1, &[]).seal(b"row", b"secret", NONCE).unwrap();
        let both = sealer(2, &[1]);
        assert!(both.is_outdated(&sealed).unwrap());
        assert_eq!(both.open(b"row", &sealed).unwrap().as_slice(), b"secret");
        let resealed = both.reseal(b"row", &sealed, [8; NONCE_LEN]).unwrap();
        assert!(!both.is_outdated(&resealed).unwrap());
        assert_eq!(key_id_of(&resealed).unwrap(), both.current_id());
        assert_eq!(sealer(2, &[]).open(b"row", &resealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_wrong_key_says_which_one_is_needed() {
        let sealed = sealer(1, &[]).seal(b"row", b"secret", NONCE).unwrap();
        let error = sealer(2, &[3]).open(b"row", &sealed).unwrap_err();
        assert_eq!(error, SealError::UnknownKey { id: key(1).id() });
        assert!(error.to_string().contains(&key(1).id().to_string()));
    }

    #[test]
    fn what_is_no_sealed_value_is_malformed() {
        let sealed = sealer(1, &[]).seal(b"row", b"", NONCE).unwrap();
        assert_eq!(
            sealer(1, &[]).open(b"row", &sealed[..32]).unwrap_err(),
            SealError::Malformed
        );
        assert_eq!(key_id_of(b""), Err(SealError::Malformed));
        assert_eq!(key_id_of(&[2; 64]), Err(SealError::Malformed));
    }

    #[test]
    fn associated_data_keeps_parts_apart() {
        assert_ne!(associated_data(&["ab", "c"]), associated_data(&["a", "bc"]));
        assert_ne!(associated_data(&["a", ""]), associated_data(&["a"]));
    }
}
