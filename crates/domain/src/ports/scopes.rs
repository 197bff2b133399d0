//! Client scopes.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::id::{RealmId, ScopeId};
use crate::scope::ClientScope;

/// Client scopes.
#[async_trait]
pub trait Scopes: Send {
    /// All scopes of a realm, by name.
    async fn scopes(&mut self, realm: RealmId) -> Result<Vec<ClientScope>, Fault>;

    /// Adds one; `Fault::Exists` when its name is taken in the realm.
    async fn insert_scope(&mut self, scope: &ClientScope) -> Result<(), Fault>;

    /// Replaces name and settings; `Fault::Exists` when the name is taken. Returns whether there was one.
    async fn update_scope(&mut self, scope: &ClientScope) -> Result<bool, Fault>;

    /// Removes one. Returns whether it was there.
    async fn delete_scope(&mut self, realm: RealmId, id: ScopeId) -> Result<bool, Fault>;
}
