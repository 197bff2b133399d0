//! Which clients a caller may change, and whose secrets they may see.
//!
//! Keycloak lets whoever holds `manage-clients` give a client that is a `realm-admin` a new secret, and lets whoever
//! holds `view-clients` read it. Here nobody becomes more than they are by a client's service account.

use keyward_domain::client::Client;

use crate::admin::keycloak::client::Access;
use crate::admin::rest::rights::{MASTER, OF_REALM, REALM_MANAGEMENT};
use crate::admin::rest::{AdminCall, AdminError, Need};
use crate::admin::users::privilege;
use crate::snapshot::ClientEntry;

/// What a caller who may see clients may do with one.
pub(super) fn access(call: &AdminCall, entry: &ClientEntry) -> Access {
    let manages = call.require(Need::ManageClients).is_ok() && require_manageable(call, entry).is_ok();
    if manages { Access::Manage } else { Access::View }
}

/// Whether a caller may see and replace a client's secrets.
pub(super) fn holds_keys(call: &AdminCall, entry: &ClientEntry) -> bool {
    call.require(Need::ManageClients).is_ok() && !is_above(call, entry)
}

/// Refuses a caller who must not change a client, or who would gain rights by it.
pub(super) fn require_manageable(call: &AdminCall, entry: &ClientEntry) -> Result<(), AdminError> {
    require_changeable(call, &entry.client)?;
    if is_above(call, entry) {
        return Err(AdminError::Forbidden);
    }
    Ok(())
}

/// The client whose roles administer the realm is nobody's to change, as in Keycloak; in master those of every realm.
pub(super) fn require_changeable(call: &AdminCall, client: &Client) -> Result<(), AdminError> {
    require_free_name(call, &client.client_id)
}

/// Whoever could take such a name could make roles that are rights.
pub(super) fn require_free_name(call: &AdminCall, client_id: &str) -> Result<(), AdminError> {
    let in_master = call.realm()?.realm.name.as_str() == MASTER;
    if client_id == REALM_MANAGEMENT || (in_master && client_id.ends_with(OF_REALM)) {
        return Err(AdminError::Forbidden);
    }
    Ok(())
}

/// Whether the client's service account holds an admin right that the caller lacks.
fn is_above(call: &AdminCall, entry: &ClientEntry) -> bool {
    let account = entry.service_account.as_ref();
    account.is_some_and(|account| privilege::holds_more(call, &account.held.names))
}
