//! Removing a group.

use super::find::{MISSING, group, joinable};
use super::moved::with_all_below;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `DELETE /admin/realms/{realm}/groups/{group}`: with all groups below it.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let group = group(call, MISSING)?;
    // Its members would lose the roles.
    for (gone, _) in with_all_below(group.id, call.realm()?.roles.groups()) {
        joinable(call, gone)?;
    }
    let mut tx = call.write().await?;
    if !tx.delete_group(call.realm_id()?, group.id).await? {
        return Err(AdminError::not_found(MISSING));
    }
    let done = Done::new(Operation::Delete, "GROUP", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}
