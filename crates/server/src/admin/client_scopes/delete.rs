//! Removing a client scope.

use super::find::{MISSING, find};
use super::update::rename;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `DELETE /admin/realms/{realm}/client-scopes/{scope}`: from the lists of every client and of the realm.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let scope = find(call, "scope", MISSING)?;
    let mut tx = call.write().await?;
    if !tx.delete_scope(scope.realm, scope.id).await? {
        return Err(AdminError::not_found(MISSING));
    }
    rename(&mut *tx, &call.realm()?.realm, &scope.name, None).await?;
    let done = Done::new(Operation::Delete, "CLIENT_SCOPE", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}
