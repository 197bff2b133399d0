//! Changing a group.

use keyward_domain::group::Group;

use super::create::{exists, name};
use super::find::{MISSING, group};
use crate::admin::keycloak::group::GroupRepresentation;
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `PUT /admin/realms/{realm}/groups/{group}`.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let id = group(call, MISSING)?.id;
    let sent: GroupRepresentation = call.representation()?;
    names::check_attributes(sent.attributes.iter().flatten())?;
    let name = name(sent.name.as_deref())?;
    let mut tx = call.write().await?;
    // Another request may have moved it since the snapshot was made.
    let rows = tx.groups(call.realm_id()?).await?;
    let old = rows.into_iter().find(|row| row.id == id);
    let old = old.ok_or(AdminError::not_found(MISSING))?;
    let new = Group {
        name,
        description: sent.description.unwrap_or_default(),
        attributes: sent.attributes.unwrap_or_else(|| old.attributes.clone()),
        ..old
    };
    let there = tx.update_group(&new).await.map_err(|fault| {
        exists(fault, || {
            AdminError::Conflict(format!("Sibling group named '{}' already exists.", new.name))
        })
    })?;
    if !there {
        return Err(AdminError::not_found(MISSING));
    }
    let done = Done::new(Operation::Update, "GROUP", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}
