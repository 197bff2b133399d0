//! The groups that a new user joins: those that are named, and those that every new user of the realm joins.

use std::collections::BTreeSet;

use keyward_domain::id::GroupId;

use super::privilege;
use crate::admin::rest::{AdminCall, AdminError};

/// The rows of the groups. A named group whose roles are admin rights that the caller lacks is refused: else whoever may
/// make users could make an administrator.
pub(super) fn of_new_user(call: &AdminCall, paths: &[String]) -> Result<BTreeSet<GroupId>, AdminError> {
    let realm = call.realm()?;
    let mut joined = BTreeSet::new();
    for path in paths {
        let Some(found) = realm.roles.group_by_path(path) else {
            return Err(AdminError::Invalid(
                format!("Unable to find group specified by path: {path}").into(),
            ));
        };
        joined.insert(found.id);
    }
    let named: Vec<GroupId> = joined.iter().copied().collect();
    if privilege::holds_more(call, &realm.roles.names(realm.roles.held(&[], &named))) {
        return Err(AdminError::Forbidden);
    }
    let of_everybody = realm.realm.settings.default_groups.iter().copied();
    joined.extend(of_everybody.filter(|group| realm.roles.group(*group).is_some()));
    Ok(joined)
}
