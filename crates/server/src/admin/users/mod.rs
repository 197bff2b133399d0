//! Users.

pub mod add_otp;
mod consents;
pub mod create;
mod credentials;
mod delete;
mod emails;
mod federated_identities;
mod find;
mod get;
mod groups_of_new;
mod impersonate;
mod list;
mod logout;
pub mod new_password;
pub(crate) mod privilege;
pub(crate) mod profile;
mod required_actions;
mod reset_password;
mod search;
mod sent;
mod sent_credentials;
mod sessions;
pub mod set_password;
pub mod spec;
mod taken;
mod update;
pub(crate) mod view;

use keyward_domain::event::{Event, What};
use keyward_domain::id::{EventId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::realm::Realm;
use keyward_domain::{Fault, Timestamp, entropy};

use super::rest::{Need, Offered, Route, route};
use crate::changes::CHANGE_KEPT_SECS;
use crate::http::entropy::SystemEntropy;

/// The routes of users.
pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/users", Need::QueryUsers, Offered::Full, list::list),
    route!(POST "/admin/realms/{realm}/users", Need::ManageUsers, Offered::Full, create::http),
    route!(GET "/admin/realms/{realm}/users/count", Need::QueryUsers, Offered::Full, list::count),
    route!(GET "/admin/realms/{realm}/users/profile", Need::AnyRole, Offered::Full, profile::get),
    route!(PUT "/admin/realms/{realm}/users/profile", Need::ManageRealm, Offered::Full, profile::put),
    route!(GET "/admin/realms/{realm}/users/profile/metadata", Need::AnyRole, Offered::Full, profile::metadata_of_new),
    route!(GET "/admin/realms/{realm}/users/{user}", Need::ViewUsers, Offered::Full, get::get),
    route!(PUT "/admin/realms/{realm}/users/{user}", Need::ManageUsers, Offered::Full, update::update),
    route!(DELETE "/admin/realms/{realm}/users/{user}", Need::ManageUsers, Offered::Full, delete::delete),
    route!(PUT "/admin/realms/{realm}/users/{user}/reset-password", Need::ManageUsers, Offered::Full, reset_password::reset_password),
    route!(GET "/admin/realms/{realm}/users/{user}/unmanagedAttributes", Need::ViewUsers, Offered::Full, get::unmanaged),
    route!(GET "/admin/realms/{realm}/users/{user}/credentials", Need::ViewUsers, Offered::Full, credentials::list),
    route!(DELETE "/admin/realms/{realm}/users/{user}/credentials/{credential}", Need::ManageUsers, Offered::Full, credentials::remove),
    route!(PUT "/admin/realms/{realm}/users/{user}/credentials/{credential}/userLabel", Need::ManageUsers, Offered::Full, credentials::label),
    route!(POST "/admin/realms/{realm}/users/{user}/credentials/{credential}/moveToFirst", Need::ManageUsers, Offered::Full, credentials::move_to_first),
    route!(POST "/admin/realms/{realm}/users/{user}/credentials/{credential}/moveAfter/{after}", Need::ManageUsers, Offered::Full, credentials::move_after),
    route!(GET "/admin/realms/{realm}/users/{user}/configured-user-storage-credential-types", Need::ViewUsers, Offered::Full, credentials::types_of_storage),
    route!(PUT "/admin/realms/{realm}/users/{user}/disable-credential-types", Need::ManageUsers, Offered::Full, credentials::disable_types),
    route!(GET "/admin/realms/{realm}/users/{user}/consents", Need::ViewUsers, Offered::Full, consents::list),
    route!(DELETE "/admin/realms/{realm}/users/{user}/consents/{client}", Need::ManageUsers, Offered::Full, consents::revoke),
    route!(GET "/admin/realms/{realm}/users/{user}/sessions", Need::ViewUsers, Offered::Full, sessions::list),
    route!(GET "/admin/realms/{realm}/users/{user}/offline-sessions/{client}", Need::ViewUsers, Offered::Full, sessions::offline),
    route!(POST "/admin/realms/{realm}/users/{user}/logout", Need::ManageUsers, Offered::Full, logout::logout),
    route!(GET "/admin/realms/{realm}/users/{user}/federated-identity", Need::ViewUsers, Offered::DataOnly, federated_identities::list),
    route!(POST "/admin/realms/{realm}/users/{user}/federated-identity/{provider}", Need::ManageUsers, Offered::DataOnly, federated_identities::add),
    route!(DELETE "/admin/realms/{realm}/users/{user}/federated-identity/{provider}", Need::ManageUsers, Offered::DataOnly, federated_identities::remove),
    route!(PUT "/admin/realms/{realm}/users/{user}/execute-actions-email", Need::ManageUsers, Offered::Full, emails::execute_actions),
    route!(PUT "/admin/realms/{realm}/users/{user}/send-verify-email", Need::ManageUsers, Offered::Full, emails::verify_email),
    route!(PUT "/admin/realms/{realm}/users/{user}/reset-password-email", Need::ManageUsers, Offered::Full, emails::reset_password),
    route!(POST "/admin/realms/{realm}/users/{user}/impersonation", Need::Impersonate, Offered::Full, impersonate::impersonate),
];

/// Tells every node in this transaction that a user changed.
async fn tell(tx: &mut dyn Tx, realm: &Realm, user: UserId, now: Timestamp) -> Result<(), Fault> {
    let change = Change::UserChanged { user };
    tx.append_change(realm.id, &change, now.plus_secs(CHANGE_KEPT_SECS))
        .await?;
    Ok(())
}

/// Notes in the same transaction what an administrator did with a user.
async fn note(tx: &mut dyn Tx, realm: &Realm, what: What, now: Timestamp) -> Result<(), Fault> {
    let event = Event {
        id: EventId(entropy::growing_uuid(now, &mut SystemEntropy)),
        at: now,
        realm: Some(realm.name.as_str().to_owned()),
        request_id: None,
        address: None,
        what,
    };
    tx.append_event(&event).await
}
