//! Changing a role.

use keyward_domain::fault::Fault;
use keyward_domain::role::Role;

use super::container::{Access, role};
use crate::admin::keycloak::role::RoleRepresentation;
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `PUT …/roles/{role}`: the name too.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let old = role(call, Access::Manage)?;
    let sent: RoleRepresentation = call.representation()?;
    if sent.name.as_deref() == Some("") {
        return Err(AdminError::BadRequest("role has no name".into()));
    }
    names::check("Role name", sent.name.as_deref().unwrap_or_default())?;
    names::check_attributes(sent.attributes.iter().flatten())?;
    let mut tx = call.write().await?;
    // Another request may have changed it since the snapshot was made.
    let rows = tx.roles(call.realm_id()?).await?;
    let old = rows.into_iter().find(|row| row.id == old.id);
    let old = old.ok_or(AdminError::not_found("Could not find role"))?;
    let name = sent.name.unwrap_or_else(|| old.name.clone());
    let is_of_client = old.client.is_some();
    let new = Role {
        name,
        description: sent.description.unwrap_or_default(),
        attributes: sent.attributes.unwrap_or_else(|| old.attributes.clone()),
        ..old
    };
    let there = tx.update_role(&new).await.map_err(|fault| match fault {
        Fault::Exists(_) => AdminError::Conflict(format!("Role with name {} already exists", new.name)),
        fault => fault.into(),
    })?;
    if !there {
        return Err(AdminError::not_found("Could not find role"));
    }
    let kind = if is_of_client { "CLIENT_ROLE" } else { "REALM_ROLE" };
    call.commit(tx, Done::new(Operation::Update, kind, call.resource_path()))
        .await?;
    Ok(Answer::no_content())
}
