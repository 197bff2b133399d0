//! Creating a role.

use keyward_domain::entropy;
use keyward_domain::fault::Fault;
use keyward_domain::id::RoleId;
use keyward_domain::role::Role;

use super::container::{book, container, grantable, is_of_administration};
use crate::admin::keycloak::role::{Composites, RoleRepresentation};
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// `POST …/roles`.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: RoleRepresentation = call.representation()?;
    let name = sent.name.unwrap_or_default();
    if name.is_empty() {
        return Err(AdminError::BadRequest("role has no name".into()));
    }
    names::check("Role name", &name)?;
    names::check_attributes(sent.attributes.iter().flatten())?;
    let container = container(call)?;
    if is_of_administration(call.realm()?, (container, &name)) {
        return Err(AdminError::Forbidden);
    }
    let taken = || AdminError::Conflict(format!("Role with name {name} already exists"));
    let role = Role {
        id: RoleId(entropy::uuid(&mut SystemEntropy)),
        realm: call.realm_id()?,
        client: container,
        name: name.clone(),
        description: sent.description.unwrap_or_default(),
        attributes: sent.attributes.unwrap_or_default(),
    };
    let contained = named(call, &sent.composites.unwrap_or_default())?;
    let mut tx = call.write().await?;
    tx.insert_role(&role).await.map_err(|fault| match fault {
        Fault::Exists(_) => taken(),
        fault => fault.into(),
    })?;
    for other in contained {
        tx.add_to_composite(role.id, other).await?;
    }
    let done = Done::new(
        Operation::Create,
        if container.is_some() {
            "CLIENT_ROLE"
        } else {
            "REALM_ROLE"
        },
        format!("{}/{name}", call.resource_path()),
    );
    call.commit(tx, done).await?;
    Ok(Answer::created(&call.url(&name)))
}

/// The roles that a new role is to contain.
fn named(call: &AdminCall, composites: &Composites) -> Result<Vec<RoleId>, AdminError> {
    let realm = call.realm()?;
    let missing = || AdminError::not_found("Could not find composite role");
    let mut found = Vec::new();
    for name in &composites.realm {
        found.push(book(call)?.named(None, name).ok_or_else(missing)?.id);
    }
    for (client_id, names) in &composites.client {
        let client = realm.clients.get(client_id).ok_or_else(missing)?.client.id;
        for name in names {
            found.push(book(call)?.named(Some(client), name).ok_or_else(missing)?.id);
        }
    }
    for &role in &found {
        grantable(call, role)?;
    }
    Ok(found)
}
