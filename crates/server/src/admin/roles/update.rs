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
    let name = sent.name.unwrap_or_else(|| old.name.clone());
    if name.is_empty() {
        return Err(AdminError::BadRequest("role has no name".into()));
    }
    names::check("Role name", &name)?;
    names::check_attributes(sent.attributes.iter().flatten())?;
    let new = Role {
        name,
        description: sent.description.unwrap_or_default(),
        attributes: sent.attributes.unwrap_or_else(|| old.attributes.clone()),
        ..old.clone()
    };
    let mut tx = call.write().await?;
    let there = tx.update_role(&new).await.map_err(|fault| match fault {
        Fault::Exists(_) => AdminError::Conflict(format!("Role with name {} already exists", new.name)),
        fault => fault.into(),
    })?;
    if !there {
        return Err(AdminError::not_found("Could not find role"));
    }
    let kind = if old.client.is_some() {
        "CLIENT_ROLE"
    } else {
        "REALM_ROLE"
    };
    call.commit(tx, Done::new(Operation::Update, kind, call.resource_path()))
        .await?;
    Ok(Answer::no_content())
}
