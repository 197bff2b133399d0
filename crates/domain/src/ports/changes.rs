//! The log of changes: what every node must learn within a second.
//!
//! One ordered log. Its cursor must never skip an entry: a database sequence hands out numbers before commit and
//! out of order, so the number comes from a row that the same transaction updates and thereby locks until it
//! commits.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::id::{GrantId, RealmId, UserId};
use crate::timestamp::Timestamp;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub sequence: i64,
    /// The realm it concerns.
    pub realm: RealmId,
    /// What changed.
    pub change: Change,
    /// After this instant nobody needs it any more.
    pub expires_at: Timestamp,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A token was revoked; the entry ends when the token would have (RFC 7009 §2).
    TokenRevoked {
        /// The token's `jti`.
        jti: String,
    },
    /// A grant was revoked, and with it every token that names it; the entry ends when the last of them would have.
    GrantRevoked {
        /// Its row.
        grant: GrantId,
    },
    /// A user changed: whoever keeps a copy reads anew.
    UserChanged {
        /// Their row.
        user: UserId,
    },
    /// Settings, clients, scopes, roles, secrets or keys of the realm changed: whoever keeps a copy reads anew.
    RealmChanged,
}

/// The log of changes.
#[async_trait]
pub trait Changes: Send {
    /// Appends an entry in this transaction. Returns its place.
    async fn append_change(&mut self, realm: RealmId, change: &Change, expires_at: Timestamp) -> Result<i64, Fault>;

    /// Entries after `cursor`, in order, at most `limit`.
    async fn changes_after(&mut self, cursor: i64, limit: i64) -> Result<Vec<Entry>, Fault>;

    /// The place of the last entry ever appended.
    async fn last_change(&mut self) -> Result<i64, Fault>;

    /// Removes entries that ended before `now`. Returns how many.
    async fn sweep_changes(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault>;
}
