//! Reading the roles of a realm.

use keyward_domain::Fault;
use keyward_domain::client::Client;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Tx;
use keyward_domain::role::{RoleBook, RoleRows};

/// Reads the roles of a realm and of its clients: which contains which, and which groups, clients and client scopes
/// have them.
pub(super) async fn read(tx: &mut dyn Tx, realm: RealmId, clients: &[Client]) -> Result<RoleBook, Fault> {
    Ok(RoleBook::new(RoleRows {
        roles: tx.roles(realm).await?,
        composites: tx.composites(realm).await?,
        clients,
        groups: tx.groups(realm).await?,
        group_roles: tx.group_roles(realm).await?,
        scope_mappings: tx.scope_mappings(realm).await?,
    }))
}
