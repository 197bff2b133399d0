//! Roles: of the realm, or of one client; composites contain others.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{ClientUuid, RealmId, RoleId, ScopeId};
use crate::user::Attributes;

mod book;
mod held;
mod limit;
mod names;

pub use book::{RoleBook, RoleRows};
pub use held::HeldRoles;
pub use limit::RoleLimit;
pub use names::RoleNames;

/// A role's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its row.
    pub id: RoleId,
    /// The realm it lives in.
    pub realm: RealmId,
    /// The client whose role it is; absent for a realm role.
    pub client: Option<ClientUuid>,
    /// Unique in its realm or client.
    pub name: String,
    /// For people.
    pub description: String,
    /// What else is known of it.
    pub attributes: Attributes,
}

/// What limits the roles that tokens carry: a client that has not the full scope, or a client scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeOwner {
    /// A client.
    Client(ClientUuid),
    /// A client scope.
    Scope(ScopeId),
}

/// One role that a client or a client scope lets into tokens (Keycloak's scope mapping).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeMapping {
    /// Who lets it in.
    pub owner: ScopeOwner,
    /// The role.
    pub role: RoleId,
}

/// The roles that hold when `direct` are given: with everything that their composites contain, however deep.
/// A cycle ends where it began.
pub fn effective(direct: &[RoleId], composites: &BTreeMap<RoleId, Vec<RoleId>>) -> BTreeSet<RoleId> {
    let mut held = BTreeSet::new();
    let mut open: Vec<RoleId> = direct.to_vec();
    while let Some(role) = open.pop() {
        if held.insert(role) {
            open.extend(composites.get(&role).into_iter().flatten());
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{BTreeMap, BTreeSet, RoleId, effective};

    #[test]
    fn composites_are_followed_and_cycles_end() {
        let role = |n: u128| RoleId(Uuid::from_u128(n));
        let composites = BTreeMap::from([(role(1), vec![role(2)]), (role(2), vec![role(3), role(1)])]);
        assert_eq!(
            effective(&[role(1)], &composites),
            BTreeSet::from([role(1), role(2), role(3)])
        );
    }
}
