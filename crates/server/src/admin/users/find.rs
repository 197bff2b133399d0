//! The user that a path names.

use keyward_domain::ports::Tx;
use keyward_domain::user::User;

use crate::admin::rest::{AdminCall, AdminError};

/// The row behind `{user}`, of this realm only.
pub(super) async fn find(call: &AdminCall, tx: &mut dyn Tx) -> Result<User, AdminError> {
    let missing = "User not found";
    let id = call.id("user", missing)?;
    let found = tx.user(call.realm_id()?, id).await?;
    found.ok_or(AdminError::not_found(missing))
}

/// The same for whoever writes it back whole: a login that confirms an address or takes an action off waits.
pub(super) async fn find_to_change(call: &AdminCall, tx: &mut dyn Tx) -> Result<User, AdminError> {
    let missing = "User not found";
    let id = call.id("user", missing)?;
    let found = tx.user_to_change(call.realm_id()?, id).await?;
    found.ok_or(AdminError::not_found(missing))
}
