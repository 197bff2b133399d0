//! The members of a group.

use super::find::{MISSING, group};
use crate::admin::rest::{AdminCall, AdminError, Answer};
use crate::admin::users::view;

/// `GET /admin/realms/{realm}/groups/{group}/members`: those who are in it themselves.
pub(super) async fn members(call: &AdminCall) -> Result<Answer, AdminError> {
    let group = group(call, MISSING)?.id;
    let mut tx = call.read().await?;
    let users = tx.members(group, call.query.paging(100)?).await?;
    let mut views = view::listed(call, &mut *tx, users).await?;
    // Keycloak tells what may be done with a user in other lists alone.
    for view in &mut views {
        view.access = None;
    }
    Ok(Answer::json(&views))
}
