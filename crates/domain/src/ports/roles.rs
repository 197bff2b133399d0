//! Roles, what they contain, and who holds them.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::id::{RealmId, RoleId, UserId};
use crate::role::Role;

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
}
