//! What was given to a client, and the once-only things that come of it.

use crate::id::{AccessTokenId, ClientUuid, RealmId};
use crate::timestamp::Timestamp;

mod code;
pub mod present;
mod refresh;

pub use code::{AuthorizationCode, Authorized};
pub use refresh::{Grant, GrantKind};

/// SHA-256 of a code or of the secret part of an opaque token: all that storage ever sees of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Hashes a token.
    pub fn of(token: &[u8]) -> Self {
        Self(keyward_jose::digest::sha256(token))
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash")
    }
}

/// An opaque access token's row. Its claims are what a JWT would carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenRecord {
    /// Its row; the token carries it.
    pub id: AccessTokenId,
    /// Hash of the secret part of the token.
    pub hash: TokenHash,
    /// The realm.
    pub realm: RealmId,
    /// To whom.
    pub client: ClientUuid,
    /// The claims as JSON text.
    pub claims: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}
