//! Signing keys of a realm.

use keyward_jose::alg::Algorithm;

use crate::id::RealmId;
use crate::timestamp::Timestamp;

pub mod rotation;

/// A signing key's row. Its state is not stored: it follows from its instants and those of its successor, so that
/// every node sees the same state at the same time without writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// `kid`: the thumbprint of the public key (RFC 7638).
    pub kid: String,
    /// The realm it signs for.
    pub realm: RealmId,
    /// What it signs with. RS256 and PS256 have keys of their own (RFC 8725 §3.1: one key, one algorithm).
    pub algorithm: Algorithm,
    /// The private key in PKCS#8, sealed, bound to this row.
    pub sealed: Vec<u8>,
    /// When it appeared in the JWKS.
    pub published_at: Timestamp,
    /// From when it signs.
    pub active_from: Timestamp,
}

/// The row of a key that makes and checks what the server reads itself: refresh tokens, and forms on their way
/// through a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HmacKeyRecord {
    /// `kid`.
    pub kid: String,
    /// The realm.
    pub realm: RealmId,
    /// 32 bytes, sealed, bound to this row.
    pub sealed: Vec<u8>,
    /// When it was made. The youngest signs; every one checks.
    pub created_at: Timestamp,
}

/// What a sealed HMAC key is bound to.
pub fn hmac_binding(realm: RealmId, kid: &str) -> Vec<u8> {
    format!("hmac-key|{realm}|{kid}").into_bytes()
}

/// Where a key stands: a verifier that caches the JWKS never meets a key that it cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// In the JWKS, not signing yet.
    Published,
    /// Signing.
    Active,
    /// A successor signs; still in the JWKS for tokens that live on.
    Retired,
}

/// What the sealed key is bound to, so that a row copied over another does not open.
pub fn binding(realm: RealmId, kid: &str) -> Vec<u8> {
    format!("signing-key|{realm}|{kid}").into_bytes()
}

/// The key that signs at `now`: the youngest whose time has come.
pub fn signing<'a, K>(keys: impl Iterator<Item = (&'a K, Timestamp)>, now: Timestamp) -> Option<&'a K> {
    keys.filter(|(_, active_from)| *active_from <= now)
        .max_by_key(|(_, active_from)| *active_from)
        .map(|(key, _)| key)
}
