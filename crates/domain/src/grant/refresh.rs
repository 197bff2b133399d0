//! A grant, and where its refresh token stands.

use serde::{Deserialize, Serialize};

use super::Authorized;
use crate::id::{ClientUuid, GrantId, RealmId, SessionId, UserId};
use crate::timestamp::Timestamp;

/// A grant: subject, client and scope, and where its refresh token stands. The refresh token is a pure function
/// of this row (id, sequence, issue time), so nothing of it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Its row; grows with time.
    pub id: GrantId,
    /// The realm.
    pub realm: RealmId,
    /// To whom.
    pub client: ClientUuid,
    /// By whom.
    pub user: UserId,
    /// The login that it came from.
    pub session: SessionId,
    /// Whether it outlives that login.
    pub kind: GrantKind,
    /// What was authorized.
    pub authorized: Authorized,
    /// The place of its current refresh token in the row of those it had.
    pub sequence: i64,
    /// The place of the token that the current one was given for: the only other one that may still be asked with,
    /// and only until the current one has been used (ADR 8).
    pub previous: i64,
    /// When the current refresh token was issued.
    pub rotated_at: Timestamp,
    /// Seconds after which a refresh token that is not used ends.
    pub idle_secs: i64,
    /// When the youngest of its access tokens ends.
    pub access_until: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// Set when it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Whether a grant ends with the login that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// It ends with the session.
    Online,
    /// `offline_access` (OIDC Core §11): it goes on after the session.
    Offline,
}

impl Grant {
    /// When its current refresh token ends: unused for too long, or with the grant.
    pub fn refresh_until(&self) -> Timestamp {
        self.rotated_at.plus_secs(self.idle_secs).min(self.expires_at)
    }

    /// Whether it is neither revoked nor over at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.refresh_until() > now
    }
}
