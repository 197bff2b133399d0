//! Removing a role.

use super::container::{Access, grantable, role};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `DELETE …/roles/{role}`: from every user, group and role that has it.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let role = role(call, Access::Manage)?;
    let realm = &call.realm()?.realm;
    if realm.settings.default_role == Some(role.id) {
        return Err(AdminError::Invalid(
            format!("{} is default role of the realm and cannot be removed.", role.name).into(),
        ));
    }
    // Whoever holds it would lose what it contains.
    grantable(call, role.id)?;
    let mut tx = call.write().await?;
    if !tx.delete_role(realm.id, role.id).await? {
        return Err(AdminError::not_found("Could not find role"));
    }
    let kind = if role.client.is_some() {
        "CLIENT_ROLE"
    } else {
        "REALM_ROLE"
    };
    call.commit(tx, Done::new(Operation::Delete, kind, call.resource_path()))
        .await?;
    Ok(Answer::no_content())
}
