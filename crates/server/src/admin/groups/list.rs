//! Listing groups.

use std::collections::BTreeSet;

use keyward_domain::group::{Group, with_ancestors};
use keyward_domain::id::GroupId;
use serde::Serialize;

use super::find::{counted, with_access};
use crate::admin::keycloak::group::GroupView;
use crate::admin::rest::query::{attributes, part};
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};

/// `GET /admin/realms/{realm}/groups`: those at the top, or with `search` and `q` those found, below what is above
/// them.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = &call.realm()?.roles;
    if !Need::ViewUsers.is_met_by(call.rights) {
        return Ok(Answer::json(&[(); 0]));
    }
    let paging = call.query.paging(i64::from(i32::MAX))?;
    if !searches(call) {
        let top = part(book.groups_below(None).into_iter(), paging);
        let views: Result<Vec<GroupView>, AdminError> = top.into_iter().map(|group| view(call, group)).collect();
        return Ok(Answer::json(&views?));
    }
    let mut found: Vec<&Group> = book.groups().values().filter(|group| matches(call, group)).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if call.query.flag("populateHierarchy") == Some(false) {
        let views: Result<Vec<GroupView>, AdminError> = part(found.into_iter(), paging)
            .into_iter()
            .map(|group| view(call, group))
            .collect();
        return Ok(Answer::json(&views?));
    }
    let found: Vec<GroupId> = part(found.into_iter(), paging)
        .into_iter()
        .map(|group| group.id)
        .collect();
    let shown: BTreeSet<GroupId> = found
        .iter()
        .flat_map(|&group| with_ancestors(group, book.groups()))
        .map(|group| group.id)
        .collect();
    Ok(Answer::json(&below(call, None, &shown)?))
}

/// `GET /admin/realms/{realm}/groups/count`.
pub(super) async fn count(call: &AdminCall) -> Result<Answer, AdminError> {
    #[derive(Serialize)]
    struct Count {
        count: usize,
    }
    let book = &call.realm()?.roles;
    let count = if call.query.flag("top") == Some(true) {
        book.groups_below(None).len()
    } else {
        book.groups().values().filter(|group| matches(call, group)).count()
    };
    Ok(Answer::json(&Count { count }))
}

fn searches(call: &AdminCall) -> bool {
    call.query.get("search").is_some() || call.query.get("q").is_some()
}

fn matches(call: &AdminCall, group: &Group) -> bool {
    let named = call.query.get("search").is_none_or(|search| {
        if call.query.flag("exact") == Some(true) {
            group.name == search
        } else {
            group.name.to_lowercase().contains(&search.trim().to_lowercase())
        }
    });
    let wanted = call.query.get("q").map(attributes).unwrap_or_default();
    let has = |(name, value): &(String, String)| {
        let values = group.attributes.get(name);
        values.is_some_and(|values| values.contains(value))
    };
    named && wanted.iter().all(has)
}

/// The tree of what is shown, from a group down.
fn below(call: &AdminCall, parent: Option<GroupId>, shown: &BTreeSet<GroupId>) -> Result<Vec<GroupView>, AdminError> {
    let groups = call.realm()?.roles.groups_below(parent);
    let groups = groups.into_iter().filter(|group| shown.contains(&group.id));
    let views = groups.map(|group| {
        let mut view = view(call, group)?;
        view.sub_groups = below(call, Some(group.id), shown)?;
        Ok(view)
    });
    views.collect()
}

fn view(call: &AdminCall, group: &Group) -> Result<GroupView, AdminError> {
    let book = &call.realm()?.roles;
    let view = match call.query.flag("briefRepresentation") {
        Some(false) => GroupView::full(group, book),
        _ => GroupView::brief(group, book),
    };
    match call.query.flag("subGroupsCount") {
        Some(false) => Ok(with_access(call, view)),
        _ => counted(call, group, view),
    }
}
