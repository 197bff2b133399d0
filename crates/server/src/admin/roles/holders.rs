//! Who was given a role.

use super::container::{Access, book, role};
use crate::admin::keycloak::group::GroupView;
use crate::admin::keycloak::user::UserView;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/roles/{role}/users`: those who were given it themselves.
pub(super) async fn users(call: &AdminCall) -> Result<Answer, AdminError> {
    let role = role(call, Access::View)?.id;
    let mut tx = call.read().await?;
    let users = tx
        .users_with_role(role, call.query.paging(i64::from(i32::MAX))?)
        .await?;
    let brief = call.query.flag("briefRepresentation") != Some(false);
    let views: Vec<UserView> = users
        .iter()
        .map(|user| {
            if brief {
                UserView::brief(user)
            } else {
                UserView::of(user, false)
            }
        })
        .collect();
    Ok(Answer::json(&views))
}

/// `GET …/roles/{role}/groups`.
pub(super) async fn groups(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = book(call)?;
    let role = role(call, Access::View)?.id;
    let mut groups: Vec<_> = book.groups_with(role).filter_map(|id| book.group(id)).collect();
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let brief = call.query.flag("briefRepresentation") != Some(false);
    let page = part(groups.into_iter(), call.query.paging(i64::from(i32::MAX))?);
    let views: Vec<GroupView> = page
        .into_iter()
        .map(|group| {
            if brief {
                GroupView::brief(group, book)
            } else {
                GroupView::full(group, book)
            }
        })
        .collect();
    Ok(Answer::json(&views))
}
