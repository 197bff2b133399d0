//! What was given to a client, and the once-only things that come of it.

use crate::id::{AccessTokenId, ClientUuid, GrantId, RealmId, UserId};
use crate::timestamp::Timestamp;

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

/// A grant: subject, client and scope, and where its refresh token stands. The refresh token is a pure function
/// of this row, so nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its row; grows with time.
    pub id: GrantId,
    /// The realm.
    pub realm: RealmId,
    /// To whom.
    pub client: ClientUuid,
    /// By whom.
    pub user: UserId,
    /// What, as names joined by a space.
    pub scope: String,
    /// How many times its refresh token was rotated.
    pub sequence: i64,
    /// When it was last rotated.
    pub rotated_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// Set when it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// An authorization code's row (RFC 6749 §4.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Its hash.
    pub hash: TokenHash,
    /// What it stands for.
    pub grant: GrantId,
    /// To whom it was given.
    pub client: ClientUuid,
    /// Where the browser was sent with it.
    pub redirect_uri: Option<String>,
    /// `code_challenge` with S256 (RFC 7636 §4.3).
    pub code_challenge: Option<String>,
    /// `nonce` (OIDC Core §3.1.2.1).
    pub nonce: Option<String>,
    /// When it stops working.
    pub expires_at: Timestamp,
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
