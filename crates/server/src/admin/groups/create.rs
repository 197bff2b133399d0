//! Creating a group.

use keyward_domain::entropy;
use keyward_domain::fault::Fault;
use keyward_domain::group::Group;
use keyward_domain::id::GroupId;

use super::moved;
use crate::admin::keycloak::group::GroupRepresentation;
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// `POST /admin/realms/{realm}/groups`: a new group at the top, or with an `id` one that is moved there.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: GroupRepresentation = call.representation()?;
    let name = name(sent.name.as_deref())?;
    let taken = || AdminError::Conflict(format!("Top level group named '{name}' already exists."));
    if let Some(id) = &sent.id
        && let Some(group) = id.parse().ok().and_then(|id| call.realm().ok()?.roles.group(id))
    {
        moved::to(call, group, None, taken).await?;
        return Ok(Answer::no_content());
    }
    let group = new(call, &sent, &name, None)?;
    let mut tx = call.write().await?;
    tx.insert_group(&group).await.map_err(|fault| exists(fault, taken))?;
    let done = Done::new(Operation::Create, "GROUP", format!("groups/{}", group.id));
    call.commit(tx, done).await?;
    Ok(Answer::created(&call.url(&group.id.to_string())))
}

/// The name of a group, which must have one.
pub(super) fn name(sent: Option<&str>) -> Result<String, AdminError> {
    let name = sent.unwrap_or_default().trim();
    if name.is_empty() {
        return Err(AdminError::invalid("Group name is missing"));
    }
    names::check("Group name", name)?;
    Ok(name.to_owned())
}

/// A group as it was sent.
pub(super) fn new(
    call: &AdminCall,
    sent: &GroupRepresentation,
    name: &str,
    parent: Option<GroupId>,
) -> Result<Group, AdminError> {
    names::check_attributes(sent.attributes.iter().flatten())?;
    Ok(Group {
        id: GroupId(entropy::uuid(&mut SystemEntropy)),
        realm: call.realm_id()?,
        parent,
        name: name.to_owned(),
        description: sent.description.clone().unwrap_or_default(),
        attributes: sent.attributes.clone().unwrap_or_default(),
    })
}

/// The error of a name that is taken.
pub(super) fn exists(fault: Fault, taken: impl FnOnce() -> AdminError) -> AdminError {
    match fault {
        Fault::Exists(_) => taken(),
        fault => fault.into(),
    }
}
