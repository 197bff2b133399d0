//! Who was given a role.

use super::container::{Access, book, role};
use crate::admin::keycloak::group::GroupView;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};
use crate::admin::users::view;

/// `GET …/roles/{role}/users`: those who were given it themselves. As in Keycloak, whoever may only ask for users sees
/// none.
pub(super) async fn users(call: &AdminCall) -> Result<Answer, AdminError> {
    call.require(Need::QueryUsers)?;
    let role = role(call, Access::View)?.id;
    let paging = call.query.paging(i64::from(i32::MAX))?;
    if !Need::ViewUsers.is_met_by(call.rights) {
        return Ok(Answer::json(&[(); 0]));
    }
    let mut tx = call.read().await?;
    let users = tx.users_with_role(role, paging).await?;
    Ok(Answer::json(&view::listed(call, &mut *tx, users).await?))
}

/// `GET …/roles/{role}/groups`.
pub(super) async fn groups(call: &AdminCall) -> Result<Answer, AdminError> {
    call.require(Need::QueryGroups)?;
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
