//! The groups that every new user of the realm joins.

use keyward_domain::id::GroupId;
use serde_json::{Value, json};

use super::current;
use crate::admin::keycloak::group::GroupView;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::admin::roles::grantable;

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
    every_new_user_may_join(call, id)?;
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

/// Refuses a group whose members hold admin rights that the caller lacks: whoever registers would get them.
pub(super) fn every_new_user_may_join(call: &AdminCall, group: GroupId) -> Result<(), AdminError> {
    let held = call.realm()?.roles.held(&[], &[group]);
    held.into_iter().try_for_each(|role| grantable(call, role))
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
