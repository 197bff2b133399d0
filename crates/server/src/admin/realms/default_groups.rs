//! The groups that every new user of the realm joins.

use keyward_domain::id::GroupId;
use serde_json::{Value, json};

use super::current;
use crate::admin::groups::joinable;
use crate::admin::keycloak::group::GroupView;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `GET …/default-groups`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let ids = realm.realm.settings.default_groups.iter();
    let groups = ids.filter_map(|id| realm.roles.group(*id));
    let shown: Vec<Value> = groups
        .map(|group| json!(GroupView::brief(group, &realm.roles)))
        .collect();
    Ok(Answer::json(&shown))
}

/// `PUT …/default-groups/{group}`.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let id = found(call)?;
    // Whoever registers would get the admin rights of its members.
    joinable(call, id)?;
    let mut tx = call.write().await?;
    let mut realm = current(call, &mut *tx).await?;
    if !realm.settings.default_groups.contains(&id) {
        realm.settings.default_groups.push(id);
        tx.update_realm(&realm).await?;
    }
    call.commit(tx, done(Operation::Create, id)).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/default-groups/{group}`.
pub(super) async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let id = found(call)?;
    let mut tx = call.write().await?;
    let mut realm = current(call, &mut *tx).await?;
    realm.settings.default_groups.retain(|other| *other != id);
    tx.update_realm(&realm).await?;
    call.commit(tx, done(Operation::Delete, id)).await?;
    Ok(Answer::no_content())
}

fn found(call: &AdminCall) -> Result<GroupId, AdminError> {
    const MISSING: &str = "Group not found";
    let id: GroupId = call.id("group", MISSING)?;
    match call.realm()?.roles.group(id) {
        Some(_) => Ok(id),
        None => Err(AdminError::not_found(MISSING)),
    }
}

fn done(operation: Operation, group: GroupId) -> Done {
    Done::new(operation, "GROUP", format!("default-groups/{group}"))
}
