//! The group that a path means.

use keyward_domain::group::Group;
use keyward_domain::id::GroupId;

use crate::admin::keycloak::group::{Access, GroupView};
use crate::admin::rest::{AdminCall, AdminError, Need};
use crate::admin::roles::grantable;

/// What Keycloak says of a group that is not there.
pub(super) const MISSING: &str = "Could not find group by id";

/// The group in the path.
pub(super) fn group<'a>(call: &'a AdminCall, missing: &'static str) -> Result<&'a Group, AdminError> {
    let id: GroupId = call.id("group", missing)?;
    call.realm()?.roles.group(id).ok_or(AdminError::not_found(missing))
}

/// A group by its path.
pub(crate) fn path<'a>(call: &'a AdminCall, path: &str) -> Result<&'a Group, AdminError> {
    let found = call.realm()?.roles.group_by_path(path);
    found.ok_or(AdminError::not_found("Group path does not exist"))
}

/// Whether the caller may let somebody into a group: whoever joins it gets its roles and those of the groups above.
pub(crate) fn joinable(call: &AdminCall, group: GroupId) -> Result<(), AdminError> {
    let held = call.realm()?.roles.held(&[], &[group]);
    held.into_iter().try_for_each(|role| grantable(call, role))
}

/// A view with how many groups are below, and what the caller may do.
pub(super) fn counted(call: &AdminCall, group: &Group, mut view: GroupView) -> Result<GroupView, AdminError> {
    view.sub_group_count = Some(call.realm()?.roles.groups_below(Some(group.id)).len());
    Ok(with_access(call, view))
}

/// A view with what the caller may do.
pub(super) fn with_access(call: &AdminCall, mut view: GroupView) -> GroupView {
    let may = |need: Need| need.is_met_by(call.rights);
    view.access = Some(Access::of(may(Need::ViewUsers), may(Need::ManageUsers)));
    view
}
