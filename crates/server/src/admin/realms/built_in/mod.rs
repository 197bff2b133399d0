//! What every realm has from the beginning, in two sorts.
//!
//! A realm that our own commands make has the clients that something here uses. One that comes in through the admin
//! API or from a file has all that Keycloak gives to a realm: its tools look for it by name. Both add what is missing
//! and leave alone what is there.

mod account;
mod cli;
mod clients;
mod default_role;
mod management;
mod scopes;
mod settings;

pub(crate) use account::Brought;
pub(crate) use clients::BUILT_IN;
pub(crate) use management::add_roles as add_admin_roles;
pub(crate) use scopes::keycloak as add_scopes;
pub(crate) use settings::admin_client;

use super::rows::RealmRows;

/// Adds what a realm of our own needs.
pub(crate) fn ours(rows: &mut RealmRows) {
    scopes::ours(rows);
    account::ours(rows);
    cli::ours(rows);
    management::add(rows);
    add_documents(rows);
}

/// Adds the flows, required actions and policies that a realm has from the beginning, where it brings none.
pub(crate) fn add_documents(rows: &mut RealmRows) {
    crate::admin::authentication::built_in::add(rows);
    crate::admin::components::built_in::add(rows);
}

/// Adds the client whose roles administer a realm, or the roles that it lacks.
pub(crate) fn add_admin_client(rows: &mut RealmRows) {
    management::add(rows);
}

/// Adds what a realm lacks that was made before there was an administration: the client whose roles administer it, and
/// the one through which `keyward login` comes.
pub(crate) fn add_management(rows: &mut RealmRows) {
    cli::for_browsers(rows);
    management::add(rows);
}

/// Adds the clients that Keycloak gives to every realm, whose client scopes are there: a file may describe their roles
/// without them. `server` is where the server is. Returns which of them a file brought.
pub(crate) fn add_clients(rows: &mut RealmRows, server: &str) -> Brought {
    let brought = Brought::of(rows);
    clients::add(rows, server);
    brought
}

/// Adds the roles that Keycloak gives to every realm, whose clients are there.
pub(crate) fn add_roles(rows: &mut RealmRows, brought: &Brought) {
    scopes::let_offline_in(rows);
    account::keycloak(rows, brought);
    management::add(rows);
    if let Some(broker) = rows.client("broker").map(|client| client.id) {
        rows.role_or_new(Some(broker), "read-token", "${role_read-token}");
    }
    default_role::keycloak(rows);
}
