//! Creating a group.

use keyward_domain::entropy;
use keyward_domain::fault::Fault;
use keyward_domain::group::Group;
use keyward_domain::id::GroupId;

use crate::admin::keycloak::group::GroupRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// Longest name of a group.
const LONGEST_NAME: usize = 255;

/// `POST /admin/realms/{realm}/groups`: a new group at the top, or with an `id` one that is moved there.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: GroupRepresentation = call.representation()?;
    let name = name(sent.name.as_deref())?;
    let taken = || AdminError::Conflict(format!("Top level group named '{name}' already exists."));
    if let Some(id) = &sent.id
        && let Some(group) = id.parse().ok().and_then(|id| call.realm().ok()?.roles.group(id))
    {
        let moved = Group {
            parent: None,
            ..group.clone()
        };
        write_moved(call, &moved, taken).await?;
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
    if name.len() > LONGEST_NAME {
        return Err(AdminError::Invalid(
            format!("Group name is longer than {LONGEST_NAME} bytes").into(),
        ));
    }
    Ok(name.to_owned())
}

/// A group as it was sent.
pub(super) fn new(
    call: &AdminCall,
    sent: &GroupRepresentation,
    name: &str,
    parent: Option<GroupId>,
) -> Result<Group, AdminError> {
    Ok(Group {
        id: GroupId(entropy::uuid(&mut SystemEntropy)),
        realm: call.realm_id()?,
        parent,
        name: name.to_owned(),
        description: sent.description.clone().unwrap_or_default(),
        attributes: sent.attributes.clone().unwrap_or_default(),
    })
}

/// Writes a group that has a new place.
pub(super) async fn write_moved(
    call: &AdminCall,
    moved: &Group,
    taken: impl FnOnce() -> AdminError,
) -> Result<(), AdminError> {
    let mut tx = call.write().await?;
    tx.update_group(moved).await.map_err(|fault| exists(fault, taken))?;
    let done = Done::new(Operation::Update, "GROUP", format!("groups/{}", moved.id));
    call.commit(tx, done).await
}

/// The error of a name that is taken.
pub(super) fn exists(fault: Fault, taken: impl FnOnce() -> AdminError) -> AdminError {
    match fault {
        Fault::Exists(_) => taken(),
        fault => fault.into(),
    }
}
