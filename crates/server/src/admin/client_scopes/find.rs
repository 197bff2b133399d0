//! The client scope that a path means.

use keyward_domain::id::ScopeId;
use keyward_domain::ports::Tx;
use keyward_domain::scope::ClientScope;

use crate::admin::rest::{AdminCall, AdminError};

/// What Keycloak says of a scope that is not there.
pub(super) const MISSING: &str = "Could not find client scope";

/// The scope that a parameter of the path names by its row.
pub(crate) fn find<'a>(
    call: &'a AdminCall,
    parameter: &str,
    missing: &'static str,
) -> Result<&'a ClientScope, AdminError> {
    let id: ScopeId = call.id(parameter, missing)?;
    let found = call
        .realm()?
        .scopes
        .values()
        .map(|entry| &entry.scope)
        .find(|scope| scope.id == id);
    found.ok_or(AdminError::not_found(missing))
}

/// The same scope as it stands now: what is written is made from this one.
pub(crate) async fn current(tx: &mut dyn Tx, scope: &ClientScope) -> Result<ClientScope, AdminError> {
    let scopes = tx.scopes(scope.realm).await?;
    let found = scopes.into_iter().find(|other| other.id == scope.id);
    found.ok_or(AdminError::not_found(MISSING))
}
