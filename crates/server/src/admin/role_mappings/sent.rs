//! The roles that a request means.

use keyward_domain::id::{ClientUuid, RoleId};

use crate::admin::keycloak::role::RoleRepresentation;
use crate::admin::rest::{AdminCall, AdminError};

/// The client in the path whose roles are meant; none for those of the realm.
pub(super) fn container(call: &AdminCall) -> Result<Option<ClientUuid>, AdminError> {
    const MISSING: &str = "Client not found";
    if call.param("container").is_empty() {
        return Ok(None);
    }
    let id: ClientUuid = call.id("container", MISSING)?;
    let found = call.realm()?.client(id).map(|entry| entry.client.id);
    found.map(Some).ok_or(AdminError::not_found(MISSING))
}

/// The roles in the body: name and row together, so that a name that was given to another role since means nothing.
pub(super) fn roles(call: &AdminCall, of: Option<ClientUuid>) -> Result<Vec<RoleId>, AdminError> {
    let book = &call.realm()?.roles;
    let sent: Vec<RoleRepresentation> = call.json()?;
    let rows = sent.into_iter().map(|sent| {
        let role = sent.name.as_deref().and_then(|name| book.named(of, name));
        let role = role.filter(|role| sent.id.as_deref() == Some(role.id.to_string().as_str()));
        role.map(|role| role.id).ok_or(AdminError::not_found("Role not found"))
    });
    rows.collect()
}
