//! What this node knows of the log of changes: the revoked tokens and grants, and how far it has read.

use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicI64, Ordering};

use keyward_domain::Timestamp;
use keyward_domain::id::{GrantId, RealmId};

/// How long the entry that tells of a changed realm or user is kept: a node that was away longer has nothing in memory.
pub(crate) const CHANGE_KEPT_SECS: i64 = 24 * 60 * 60;

/// Revoked tokens and grants in memory. Asking costs no IO; every node has read every entry within a second.
pub(crate) struct Revocations {
    tokens: RwLock<HashMap<(RealmId, Box<str>), Timestamp>>,
    grants: RwLock<HashMap<GrantId, Timestamp>>,
    cursor: AtomicI64,
    read_at: AtomicI64,
}

impl Revocations {
    pub(crate) fn new() -> Self {
        Self {
            tokens: RwLock::default(),
            grants: RwLock::default(),
            cursor: AtomicI64::new(0),
            read_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Whether a token was revoked.
    pub(crate) fn contains(&self, realm: RealmId, jti: &str) -> bool {
        let tokens = self.tokens.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Most of the time nothing is revoked at all, and a look at the length spares the copy of the key.
        !tokens.is_empty() && tokens.contains_key(&(realm, Box::from(jti)))
    }

    pub(crate) fn insert(&self, realm: RealmId, jti: &str, until: Timestamp) {
        let mut tokens = self.tokens.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        tokens.insert((realm, Box::from(jti)), until);
    }

    /// Whether a grant was revoked.
    pub(crate) fn contains_grant(&self, grant: GrantId) -> bool {
        let grants = self.grants.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        !grants.is_empty() && grants.contains_key(&grant)
    }

    pub(crate) fn insert_grant(&self, grant: GrantId, until: Timestamp) {
        let mut grants = self.grants.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        grants.insert(grant, until);
    }

    /// Forgets what ended before `now`.
    pub(crate) fn forget(&self, now: Timestamp) {
        let mut grants = self.grants.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        grants.retain(|_, until| *until >= now);
        let mut tokens = self.tokens.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        tokens.retain(|_, until| *until >= now);
    }

    /// The place of the last entry read.
    pub(crate) fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Acquire)
    }

    /// Notes that everything up to `cursor` is in memory as of `now`.
    pub(crate) fn advance(&self, cursor: i64, now: Timestamp) {
        self.cursor.fetch_max(cursor, Ordering::AcqRel);
        self.read_at.store(now.millis(), Ordering::Release);
    }

    /// When the log was last read to its end.
    pub(crate) fn read_at(&self) -> Option<Timestamp> {
        match self.read_at.load(Ordering::Acquire) {
            i64::MIN => None,
            millis => Some(Timestamp::from_millis(millis)),
        }
    }
}
