//! Removing a group.

use super::find::{MISSING, group};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `DELETE /admin/realms/{realm}/groups/{group}`: with all groups below it.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let group = group(call, MISSING)?;
    let mut tx = call.write().await?;
    if !tx.delete_group(call.realm_id()?, group.id).await? {
        return Err(AdminError::not_found(MISSING));
    }
    let done = Done::new(Operation::Delete, "GROUP", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}
