//! Grants, and the codes and tokens that come of them.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::grant::{AccessTokenRecord, AuthorizationCode, Grant, GrantKind, TokenHash};
use crate::id::{AccessTokenId, ClientUuid, GrantId, RealmId, SessionId, UserId};
use crate::timestamp::Timestamp;

/// Grants, and the codes and tokens that come of them.
#[async_trait]
pub trait Grants: Send {
    /// Adds a grant.
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), Fault>;

    /// A grant by id.
    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, Fault>;

    /// The grants that a user's clients have and that have not ended at `now`, youngest first, at most `limit`.
    async fn grants_of_user(&mut self, user: UserId, now: Timestamp, limit: i64) -> Result<Vec<Grant>, Fault>;

    /// Marks a grant as revoked. `None` when it was before, or is not there.
    async fn revoke_grant(&mut self, id: GrantId, now: Timestamp) -> Result<Option<Revoked>, Fault>;

    /// Marks the grants of a session as revoked, but for the offline ones (OIDC Core §11).
    async fn revoke_grants_of_session(&mut self, session: SessionId, now: Timestamp) -> Result<Vec<Revoked>, Fault>;

    /// Marks everything that a user gave to a client as revoked, offline grants too.
    async fn revoke_grants_of_client(
        &mut self,
        user: UserId,
        client: ClientUuid,
        now: Timestamp,
    ) -> Result<Vec<Revoked>, Fault>;

    /// The grants of a session that have not ended at `now`, youngest first.
    async fn grants_of_session(&mut self, session: SessionId, now: Timestamp) -> Result<Vec<Grant>, Fault>;

    /// Marks everything that a user gave to any client as revoked; offline grants too if `kind` is none.
    async fn revoke_grants_of_user(
        &mut self,
        user: UserId,
        kind: Option<GrantKind>,
        now: Timestamp,
    ) -> Result<Vec<Revoked>, Fault>;

    /// Marks the grants of a realm as revoked, but for the offline ones.
    async fn revoke_grants_of_realm(&mut self, realm: RealmId, now: Timestamp) -> Result<Vec<Revoked>, Fault>;

    /// When a grant of a session was last rotated: a session whose tokens are refreshed is in use.
    async fn last_rotation(&mut self, session: SessionId) -> Result<Option<Timestamp>, Fault>;

    /// Adds an authorization code.
    async fn add_code(&mut self, code: &AuthorizationCode) -> Result<(), Fault>;

    /// An authorization code by its hash, spent or not.
    async fn code(&mut self, hash: TokenHash) -> Result<Option<AuthorizationCode>, Fault>;

    /// Spends an authorization code (RFC 6749 §4.1.2): of any number of callers exactly one gets `First`.
    async fn redeem_code(&mut self, hash: TokenHash, now: Timestamp) -> Result<Redeemed, Fault>;

    /// Moves the refresh token of a grant on by one (RFC 9700 §4.14.2): `from` is the place of the token that was
    /// presented, `at` the place of the grant's current one. `from == at` is the usual rotation; `from < at` gives a
    /// new successor to a token whose first successor was never used, which then is dead. Of any number of callers
    /// that saw the same state exactly one gets `Rotated`. `access_until` is when the access token ends that goes out
    /// with it.
    async fn rotate_refresh_token(&mut self, rotate: Rotate) -> Result<Rotation, Fault>;

    /// Notes that the refresh token of a grant was used where it is not rotated: moves `rotated_at` from `seen` to
    /// `now`, and `access_until`. Same answers.
    async fn touch_grant(
        &mut self,
        id: GrantId,
        seen: Timestamp,
        now: Timestamp,
        access_until: Timestamp,
    ) -> Result<Rotation, Fault>;

    /// Adds an opaque access token.
    async fn insert_access_token(&mut self, token: &AccessTokenRecord) -> Result<(), Fault>;

    /// An opaque access token by its row.
    async fn access_token(&mut self, id: AccessTokenId) -> Result<Option<AccessTokenRecord>, Fault>;

    /// Removes an opaque access token. Returns whether it was there.
    async fn delete_access_token(&mut self, id: AccessTokenId) -> Result<bool, Fault>;

    /// Removes codes (an hour after their end, so that a late replay is still known as one), tokens, grants and
    /// remembered `jti`s that ended before `now`, at most `limit` of each. Returns how many.
    async fn sweep_grants(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault>;
}

/// One step of a grant's refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotate {
    /// The grant.
    pub grant: GrantId,
    /// The place of the token that was presented: it becomes `previous`.
    pub from: i64,
    /// The place of the current token, as the caller saw it.
    pub at: i64,
    /// When.
    pub now: Timestamp,
    /// When the access token ends that goes out with the new refresh token.
    pub access_until: Timestamp,
}

/// A grant that was revoked just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Its row.
    pub grant: GrantId,
    /// When the youngest of its access tokens ends.
    pub access_until: Timestamp,
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq)]
pub enum Redeemed {
    /// It is spent now. It may have expired: the caller compares.
    First(AuthorizationCode),
    /// It was spent before.
    Replayed(AuthorizationCode),
    /// There is none.
    Unknown,
}

/// What became of a refresh token.
#[derive(Clone, Debug, PartialEq)]
pub enum Rotation {
    /// The grant as it stands now, one further.
    Rotated(Grant),
    /// The state was not the one that the caller saw; the grant as it stands. Policy decides whether the answer was
    /// lost on the way (ADR 8) or a thief holds the token.
    Superseded(Grant),
    /// The grant was revoked or has ended.
    Ended(Grant),
    /// There is none.
    Unknown,
}
