//! Failed logins, counted so that guessing passwords becomes slow.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::id::RealmId;
use crate::policy::lockout::FailureRecord;
use crate::timestamp::Timestamp;

/// Failed logins by realm and key: a user's id, or an address.
#[async_trait]
pub trait LoginFailures: Send {
    /// What is counted under a key.
    async fn login_failures(&mut self, realm: RealmId, key: &str) -> Result<Option<FailureRecord>, Fault>;

    /// The same, and keeps every other transaction from the row until this one ends, so that of parallel failures
    /// each is counted.
    async fn lock_login_failures(&mut self, realm: RealmId, key: &str) -> Result<Option<FailureRecord>, Fault>;

    /// Writes what is counted under a key.
    async fn save_login_failures(&mut self, realm: RealmId, key: &str, record: &FailureRecord) -> Result<(), Fault>;

    /// Forgets a key. Returns whether there was something.
    async fn clear_login_failures(&mut self, realm: RealmId, key: &str) -> Result<bool, Fault>;

    /// Forgets every user of a realm, addresses left alone. Returns how many.
    async fn clear_login_failures_of_users(&mut self, realm: RealmId) -> Result<u64, Fault>;

    /// Removes records whose last failure was before `before` and that lock nobody out for good, at most `limit`.
    /// Returns how many.
    async fn sweep_login_failures(&mut self, before: Timestamp, limit: i64) -> Result<u64, Fault>;
}
