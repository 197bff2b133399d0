//! Giving a group another place in the tree.

use std::collections::BTreeMap;

use keyward_domain::group::{DEEPEST, Group, with_ancestors};
use keyward_domain::id::GroupId;

use super::create::exists;
use super::find::{MISSING, joinable};
use crate::admin::rest::{AdminCall, AdminError, Done, Operation};

/// Moves a group with all below it to another parent, or to the top. Its members lose the roles of the groups that were
/// above and get those of the groups that are: the caller must be allowed to give and to take them.
pub(super) async fn to(
    call: &AdminCall,
    group: &Group,
    parent: Option<GroupId>,
    taken: impl FnOnce() -> AdminError,
) -> Result<(), AdminError> {
    if group.parent != parent {
        for above in [group.parent, parent].into_iter().flatten() {
            joinable(call, above)?;
        }
    }
    let mut tx = call.write().await?;
    // Another request may have moved one of them since the snapshot was made.
    let rows = tx.groups(call.realm_id()?).await?;
    let groups: BTreeMap<GroupId, Group> = rows.into_iter().map(|group| (group.id, group)).collect();
    fits(group.id, parent, &groups)?;
    let moved = Group {
        parent,
        ..groups.get(&group.id).ok_or(AdminError::not_found(MISSING))?.clone()
    };
    tx.update_group(&moved).await.map_err(|fault| exists(fault, taken))?;
    let done = Done::new(Operation::Update, "GROUP", format!("groups/{}", moved.id));
    call.commit(tx, done).await
}

/// Refuses a place that is no part of the tree, or too deep in it.
fn fits(group: GroupId, parent: Option<GroupId>, groups: &BTreeMap<GroupId, Group>) -> Result<(), AdminError> {
    let above = || parent.into_iter().flat_map(|parent| with_ancestors(parent, groups));
    // A group below itself would be below nothing.
    if above().any(|above| above.id == group) {
        return Err(AdminError::invalid("A group cannot be moved below itself"));
    }
    let deepest = with_all_below(group, groups).into_iter().map(|(_, depth)| depth).max();
    if above().count() + deepest.unwrap_or(1) > DEEPEST {
        return Err(too_deep());
    }
    Ok(())
}

/// A group and all below it, each with how deep it lies: the group itself with 1. A circle ends where it is too deep.
pub(super) fn with_all_below(group: GroupId, groups: &BTreeMap<GroupId, Group>) -> Vec<(GroupId, usize)> {
    let mut children: BTreeMap<GroupId, Vec<GroupId>> = BTreeMap::new();
    for row in groups.values() {
        if let Some(parent) = row.parent {
            children.entry(parent).or_default().push(row.id);
        }
    }
    let mut found = vec![(group, 1)];
    let mut next = 0;
    while let Some(&(id, depth)) = found.get(next) {
        if depth <= DEEPEST {
            let below = children.get(&id).into_iter().flatten();
            found.extend(below.map(|below| (*below, depth + 1)));
        }
        next += 1;
    }
    found
}

/// What a group is answered that would lie deeper than any is followed.
pub(super) fn too_deep() -> AdminError {
    AdminError::Invalid(format!("Groups are at most {DEEPEST} deep").into())
}
