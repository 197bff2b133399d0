//! The members of a group.

use super::find::{MISSING, group};
use crate::admin::keycloak::user::UserView;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET /admin/realms/{realm}/groups/{group}/members`: those who are in it themselves.
pub(super) async fn members(call: &AdminCall) -> Result<Answer, AdminError> {
    let group = group(call, MISSING)?.id;
    let mut tx = call.read().await?;
    let users = tx.members(group, call.query.paging(100)?).await?;
    let brief = call.query.flag("briefRepresentation") == Some(true);
    let mut views = Vec::with_capacity(users.len());
    for user in &users {
        views.push(if brief {
            UserView::brief(user)
        } else {
            UserView::of(user, !tx.otps(user.id).await?.is_empty())
        });
    }
    Ok(Answer::json(&views))
}
