//! Grants, and the codes and tokens that come of them.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::grant::{AccessTokenRecord, AuthorizationCode, Grant, TokenHash};
use crate::id::{AccessTokenId, GrantId};
use crate::timestamp::Timestamp;

/// Grants, and the codes and tokens that come of them.
#[async_trait]
pub trait Grants {
    /// Adds a grant.
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), Fault>;

    /// A grant by id.
    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, Fault>;

    /// Marks a grant as revoked. Returns whether it was not before.
    async fn revoke_grant(&mut self, id: GrantId, now: Timestamp) -> Result<bool, Fault>;

    /// Adds an authorization code.
    async fn add_code(&mut self, code: &AuthorizationCode) -> Result<(), Fault>;

    /// Spends an authorization code (RFC 6749 §4.1.2): of any number of callers exactly one gets `First`.
    async fn redeem_code(&mut self, hash: TokenHash, now: Timestamp) -> Result<Redeemed, Fault>;

    /// Moves the refresh token of a grant from `sequence` to the next (RFC 9700 §4.14.2): of any number of callers
    /// that hold the same token exactly one gets `Rotated`.
    async fn rotate_refresh_token(&mut self, grant: GrantId, sequence: i64, now: Timestamp) -> Result<Rotation, Fault>;

    /// Adds an opaque access token.
    async fn insert_access_token(&mut self, token: &AccessTokenRecord) -> Result<(), Fault>;

    /// An opaque access token by its row.
    async fn access_token(&mut self, id: AccessTokenId) -> Result<Option<AccessTokenRecord>, Fault>;

    /// Removes an opaque access token. Returns whether it was there.
    async fn delete_access_token(&mut self, id: AccessTokenId) -> Result<bool, Fault>;

    /// Removes codes, tokens, grants and remembered `jti`s that ended before `now`, at most `limit` of each.
    /// Returns how many.
    async fn sweep_grants(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault>;
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// It is spent now. It may have expired: the caller compares.
    First(AuthorizationCode),
    /// It was spent before.
    Replayed(AuthorizationCode),
    /// There is none.
    Unknown,
}

/// What became of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The grant as it stands now, one further.
    Rotated(Grant),
    /// The token is not the current one; the grant as it stands. Policy decides whether the answer was lost on
    /// the way (standards RT-6) or a thief holds it.
    Superseded(Grant),
    /// The grant was revoked or has ended.
    Ended(Grant),
    /// There is none.
    Unknown,
}
