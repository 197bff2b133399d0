//! `DELETE users/{user}`.

use super::find::find;
use super::privilege;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// Removes a user with everything of theirs. Their tokens are refused from now on: they are about nobody.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    if !tx.delete_user(call.realm_id()?, user.id).await? {
        return Err(AdminError::not_found("User not found"));
    }
    let done = Done::new(Operation::Delete, "USER", format!("users/{}", user.id));
    call.commit(tx, done.of_user(&user)).await?;
    Ok(Answer::no_content())
}
