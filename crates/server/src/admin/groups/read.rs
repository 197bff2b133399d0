//! One group.

use super::find::{MISSING, counted, group, path};
use crate::admin::keycloak::group::GroupView;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET /admin/realms/{realm}/groups/{group}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let group = group(call, MISSING)?;
    let view = GroupView::full(group, &call.realm()?.roles);
    Ok(Answer::json(&counted(call, group, view)?))
}

/// `GET /admin/realms/{realm}/group-by-path/{path}`.
pub(super) async fn by_path(call: &AdminCall) -> Result<Answer, AdminError> {
    let group = path(call, call.param("path"))?;
    let book = &call.realm()?.roles;
    let mut view = GroupView::full(group, book);
    view.sub_group_count = Some(book.groups_below(Some(group.id)).len());
    Ok(Answer::json(&view))
}
