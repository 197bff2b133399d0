//! Who may become whom: an administrator must not take over one who may do more.
//!
//! Keycloak asks this for impersonation only, and lets whoever holds `manage-users` give a `realm-admin` a new password.
//! Here it is asked for everything by which one could log in as another.

use keyward_domain::ports::Tx;
use keyward_domain::role::RoleNames;
use keyward_domain::user::User;

use crate::admin::realms::master::ADMIN;
use crate::admin::rest::rights::{MASTER, OF_MASTER, OF_REALM, REALM_ADMIN, REALM_MANAGEMENT};
use crate::admin::rest::{AdminCall, AdminError};

/// Refuses a caller who lacks an admin right that the user holds.
pub(crate) async fn require_not_above(call: &AdminCall, tx: &mut dyn Tx, user: &User) -> Result<(), AdminError> {
    if is_above(call, tx, user).await? {
        Err(AdminError::Forbidden)
    } else {
        Ok(())
    }
}

/// Whether a user of the realm holds an admin right that the caller lacks.
pub(crate) async fn is_above(call: &AdminCall, tx: &mut dyn Tx, user: &User) -> Result<bool, AdminError> {
    let realm = call.realm()?;
    // What a service account holds stands in the same rows.
    let subject = call.app.subjects.get_in(tx, realm, user.id).await?;
    Ok(subject.is_some_and(|subject| holds_more(call, &subject.held.names)))
}

/// Refuses a caller who may not do everything with the realm.
pub(crate) fn require_everything(call: &AdminCall) -> Result<(), AdminError> {
    let in_master = call.realm()?.realm.name.as_str() == MASTER;
    let everything = call.rights.covers(REALM_ADMIN) && (!in_master || call.caller.holds_in_master(ADMIN));
    if everything { Ok(()) } else { Err(AdminError::Forbidden) }
}

/// Whether among these roles of the realm in the path is an admin right that the caller lacks.
pub(crate) fn holds_more(call: &AdminCall, roles: &RoleNames) -> bool {
    let own = roles.clients.get(REALM_MANAGEMENT);
    if own.into_iter().flatten().any(|role| !call.rights.covers(role)) {
        return true;
    }
    let in_master = call.realm().is_ok_and(|realm| realm.realm.name.as_str() == MASTER);
    in_master && holds_more_in_master(call, roles)
}

fn holds_more_in_master(call: &AdminCall, roles: &RoleNames) -> bool {
    let mut rights = roles.realm.iter().filter(|role| OF_MASTER.contains(&role.as_str()));
    if rights.any(|right| !call.caller.holds_in_master(right)) {
        return true;
    }
    roles.clients.iter().any(|(client, roles)| {
        client.strip_suffix(OF_REALM).is_some_and(|realm| {
            let rights = call.caller.rights(realm);
            roles.iter().any(|role| !rights.covers(role))
        })
    })
}
