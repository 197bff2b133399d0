//! Roles, what they contain, and who holds them.

use async_trait::async_trait;

use super::users::Paging;
use crate::fault::Fault;
use crate::id::{RealmId, RoleId, UserId};
use crate::role::{Role, ScopeMapping};
use crate::user::User;

/// Roles, what they contain, and who holds them.
#[async_trait]
pub trait Roles: Send {
    /// All roles of a realm and of its clients, by name.
    async fn roles(&mut self, realm: RealmId) -> Result<Vec<Role>, Fault>;

    /// Which role contains which, of a whole realm: (composite, contained).
    async fn composites(&mut self, realm: RealmId) -> Result<Vec<(RoleId, RoleId)>, Fault>;

    /// Adds one; `Fault::Exists` when its name is taken in its realm or client.
    async fn insert_role(&mut self, role: &Role) -> Result<(), Fault>;

    /// Lets `composite` contain `contained`. Doing it twice changes nothing.
    async fn add_to_composite(&mut self, composite: RoleId, contained: RoleId) -> Result<(), Fault>;

    /// Gives a role to a user. Doing it twice changes nothing.
    async fn assign_role(&mut self, user: UserId, role: RoleId) -> Result<(), Fault>;

    /// The roles given to a user, composites not resolved.
    async fn assigned_roles(&mut self, user: UserId) -> Result<Vec<RoleId>, Fault>;

    /// The roles given to the service accounts of a realm: (user, role).
    async fn service_account_roles(&mut self, realm: RealmId) -> Result<Vec<(UserId, RoleId)>, Fault>;

    /// Replaces name, description and attributes; `Fault::Exists` when the name is taken. Returns whether there was one.
    async fn update_role(&mut self, role: &Role) -> Result<bool, Fault>;

    /// Removes one, wherever it was given or contained. Returns whether it was there.
    async fn delete_role(&mut self, realm: RealmId, id: RoleId) -> Result<bool, Fault>;

    /// Lets `composite` not contain `contained` any more. Returns whether it did.
    async fn remove_from_composite(&mut self, composite: RoleId, contained: RoleId) -> Result<bool, Fault>;

    /// Takes a role from a user. Returns whether they had it.
    async fn unassign_role(&mut self, user: UserId, role: RoleId) -> Result<bool, Fault>;

    /// The users that a role was given to, groups and composites not resolved, by user name.
    async fn users_with_role(&mut self, role: RoleId, paging: Paging) -> Result<Vec<User>, Fault>;

    /// The scope mappings of a realm's clients and client scopes.
    async fn scope_mappings(&mut self, realm: RealmId) -> Result<Vec<ScopeMapping>, Fault>;

    /// Adds a scope mapping. Doing it twice changes nothing.
    async fn add_scope_mapping(&mut self, mapping: ScopeMapping) -> Result<(), Fault>;

    /// Removes a scope mapping. Returns whether it was there.
    async fn remove_scope_mapping(&mut self, mapping: ScopeMapping) -> Result<bool, Fault>;
}
