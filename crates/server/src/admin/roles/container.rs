//! Whose roles a path means, and which role of theirs.

use std::sync::Arc;

use keyward_domain::id::{ClientUuid, RoleId};
use keyward_domain::role::{Role, RoleBook};

use crate::admin::rest::rights::{ADMIN_ROLES, MASTER, OF_MASTER, OF_REALM, REALM_MANAGEMENT};
use crate::admin::rest::{AdminCall, AdminError, Need};
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// The client that a parameter of the path names by its row.
pub(crate) fn find_client<'a>(call: &'a AdminCall, parameter: &str) -> Result<&'a ClientEntry, AdminError> {
    const MISSING: &str = "Could not find client";
    let id: ClientUuid = call.id(parameter, MISSING)?;
    call.realm()?.client(id).ok_or(AdminError::not_found(MISSING))
}

/// The client in the path whose roles are meant; none for those of the realm.
pub(super) fn container(call: &AdminCall) -> Result<Option<ClientUuid>, AdminError> {
    match call.param("client") {
        "" => Ok(None),
        _ => find_client(call, "client").map(|entry| Some(entry.client.id)),
    }
}

/// What a path asks for: seeing or changing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    View,
    Manage,
}

/// The role in the path, by name or by row. The roles that are rights stay what they are, as in Keycloak: with another
/// name a role would be another right for whoever holds it.
pub(super) fn role(call: &AdminCall, access: Access) -> Result<&Role, AdminError> {
    let role = named(call, access)?;
    if access == Access::Manage && is_of_administration(call.realm()?, (role.client, &role.name)) {
        return Err(AdminError::Forbidden);
    }
    Ok(role)
}

fn named(call: &AdminCall, access: Access) -> Result<&Role, AdminError> {
    const MISSING: &str = "Could not find role with id";
    let book = &call.realm()?.roles;
    if !call.param("role").is_empty() {
        let found = book.named(container(call)?, call.param("role"));
        return found.ok_or(AdminError::not_found("Could not find role"));
    }
    let id: RoleId = call.id("role_id", MISSING)?;
    let role = book.role(id).ok_or(AdminError::not_found(MISSING))?;
    call.require(match (role.client, access) {
        (None, Access::View) => Need::ViewRealm,
        (None, Access::Manage) => Need::ManageRealm,
        (Some(_), Access::View) => Need::ViewClients,
        (Some(_), Access::Manage) => Need::ManageClients,
    })?;
    Ok(role)
}

/// Whether the caller may hand a role on, to a user, a group or into another role. An admin role, or a role that
/// contains one, can be given only by whoever holds it: nobody makes of a right another one that they have not.
pub(crate) fn grantable(call: &AdminCall, role: RoleId) -> Result<(), AdminError> {
    let realm = call.realm()?;
    let covered = realm
        .roles
        .effective(&[role])
        .into_iter()
        .filter_map(|id| realm.roles.role(id))
        .filter(|role| is_admin_role(realm, role))
        .all(|role| holds(call, realm, role));
    if covered { Ok(()) } else { Err(AdminError::Forbidden) }
}

/// Whether a role administers something: this realm, or in the master realm any.
fn is_admin_role(realm: &RealmSnapshot, role: &Role) -> bool {
    is_of_administration(realm, (role.client, &role.name))
        && (role.client.is_none() || ADMIN_ROLES.contains(&role.name.as_str()))
}

/// Whether a role of this name stands among those that administer something: the server makes them, and nobody else.
pub(crate) fn is_of_administration(realm: &RealmSnapshot, (client, name): (Option<ClientUuid>, &str)) -> bool {
    match client {
        None => is_master(realm) && OF_MASTER.contains(&name),
        Some(client) => administers(realm, client),
    }
}

fn administers(realm: &RealmSnapshot, client: ClientUuid) -> bool {
    let client_id = realm.roles.client_id(client);
    client_id.is_some_and(|id| id == REALM_MANAGEMENT || (is_master(realm) && id.ends_with(OF_REALM)))
}

fn is_master(realm: &RealmSnapshot) -> bool {
    realm.realm.name.as_str() == MASTER
}

fn holds(call: &AdminCall, realm: &Arc<RealmSnapshot>, role: &Role) -> bool {
    if call.caller.realm.realm.id == realm.realm.id {
        return call.caller.holds(role.id);
    }
    // A caller of the master realm, and a role of another.
    call.rights.covers(&role.name)
}

/// The book of roles of the realm in the path.
pub(super) fn book(call: &AdminCall) -> Result<&RoleBook, AdminError> {
    Ok(&call.realm()?.roles)
}
