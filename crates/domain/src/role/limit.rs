//! Which of the subject's roles a client's tokens carry.

use std::collections::BTreeSet;

use super::{RoleBook, ScopeOwner};
use crate::client::{Client, RoleScope};
use crate::id::RoleId;

/// The roles that a client lets into its tokens, whatever the scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleLimit {
    /// Everything that the subject holds.
    All,
    /// These, composites resolved: the client's own, and its scope mappings. The granted scopes let in more.
    Only(BTreeSet<RoleId>),
}

impl RoleLimit {
    /// Reads the limit of a client.
    pub fn new(client: &Client, roles: &RoleBook) -> Self {
        match client.settings.role_scope {
            RoleScope::Full => Self::All,
            RoleScope::Mapped => {
                let mut let_in = roles.let_in(ScopeOwner::Client(client.id));
                let own: Vec<RoleId> = roles.of_client(client.id).map(|role| role.id).collect();
                let_in.extend(roles.effective(&own));
                Self::Only(let_in)
            }
        }
    }

    /// Whether the client lets a role in, whatever the scope.
    pub fn lets_in(&self, role: RoleId) -> bool {
        match self {
            Self::All => true,
            Self::Only(roles) => roles.contains(&role),
        }
    }
}
