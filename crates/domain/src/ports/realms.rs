//! Realms.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::id::RealmId;
use crate::realm::{Realm, RealmName};

/// Realms.
#[async_trait]
pub trait Realms: Send {
    /// By name.
    async fn realm_by_name(&mut self, name: &RealmName) -> Result<Option<Realm>, Fault>;

    /// All, by name.
    async fn realms(&mut self) -> Result<Vec<Realm>, Fault>;

    /// Adds one; `Fault::Exists` when its name is taken.
    async fn insert_realm(&mut self, realm: &Realm) -> Result<(), Fault>;

    /// Replaces everything but the id; `Fault::Exists` when the name is taken. Returns whether there was one.
    async fn update_realm(&mut self, realm: &Realm) -> Result<bool, Fault>;

    /// Makes whoever else locks it wait until this transaction ends.
    async fn lock_realm(&mut self, id: RealmId) -> Result<(), Fault>;

    /// Removes a realm with everything in it. Returns whether there was one.
    async fn delete_realm(&mut self, id: RealmId) -> Result<bool, Fault>;
}
