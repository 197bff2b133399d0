//! Sessions, and what people let clients have.

use async_trait::async_trait;

use super::users::Paging;
use crate::fault::Fault;
use crate::grant::{GrantKind, TokenHash};
use crate::id::{ClientUuid, RealmId, SessionId, UserId};
use crate::session::{Consent, Session};
use crate::timestamp::Timestamp;

/// Sessions.
#[async_trait]
pub trait Sessions: Send {
    /// Adds one.
    async fn insert_session(&mut self, session: &Session) -> Result<(), Fault>;

    /// By row. The caller compares the cookie and the times.
    async fn session(&mut self, id: SessionId) -> Result<Option<Session>, Fault>;

    /// The sessions of a user that have not ended at `now`, youngest first, at most `limit`.
    async fn sessions_of_user(&mut self, user: UserId, now: Timestamp, limit: i64) -> Result<Vec<Session>, Fault>;

    /// Notes a new login in a session: everything but id, realm, user, `started_at` and `expires_at` is replaced, if
    /// its cookie is still `old`. Returns whether it was.
    async fn renew_session(&mut self, session: &Session, old: Option<TokenHash>) -> Result<bool, Fault>;

    /// Notes that a session was seen.
    async fn touch_session(&mut self, id: SessionId, now: Timestamp) -> Result<(), Fault>;

    /// Removes a session. Returns whether it was there.
    async fn delete_session(&mut self, id: SessionId) -> Result<bool, Fault>;

    /// The sessions in which a client has grants of a kind that have not ended at `now`, youngest first.
    async fn sessions_of_client(
        &mut self,
        client: ClientUuid,
        kind: GrantKind,
        now: Timestamp,
        paging: Paging,
    ) -> Result<Vec<Session>, Fault>;

    /// How many sessions each client of a realm has grants in, by kind, that have not ended at `now`.
    async fn session_counts(
        &mut self,
        realm: RealmId,
        now: Timestamp,
    ) -> Result<Vec<(ClientUuid, GrantKind, i64)>, Fault>;

    /// Removes all sessions of a realm. Returns how many.
    async fn delete_sessions_of_realm(&mut self, realm: RealmId) -> Result<u64, Fault>;

    /// Removes all sessions of a user. Returns how many.
    async fn delete_sessions_of_user(&mut self, user: UserId) -> Result<u64, Fault>;

    /// Removes sessions that ended before `now`, at most `limit`. Returns how many.
    async fn sweep_sessions(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault>;
}

/// What people let clients have.
#[async_trait]
pub trait Consents: Send {
    /// What a user let a client have.
    async fn consent(&mut self, user: UserId, client: ClientUuid) -> Result<Option<Consent>, Fault>;

    /// All that a user gave.
    async fn consents(&mut self, user: UserId) -> Result<Vec<Consent>, Fault>;

    /// Writes one, replacing the one before.
    async fn save_consent(&mut self, consent: &Consent) -> Result<(), Fault>;

    /// Removes one. Returns whether it was there.
    async fn delete_consent(&mut self, user: UserId, client: ClientUuid) -> Result<bool, Fault>;
}
