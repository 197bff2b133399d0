//! Realms.

mod built_in;
mod caches;
pub mod create;
mod default_groups;
mod default_scopes;
mod delete;
pub mod export;
pub mod import;
mod list;
mod logout_all;
pub mod master;
mod not_offered;
mod partial_export;
mod partial_import;
mod post;
mod rename;
pub mod reseal;
pub(crate) mod rows;
mod session;
mod show;
mod update;
mod write;

pub(crate) use built_in::BUILT_IN;

use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;

use super::rest::{AdminCall, AdminError, Need, Offered, Route, route};
use Need::{AnyRole, CreateRealm, ManageClients, ManageRealm, ManageUsers, ViewClients, ViewRealm};
use Offered::{Full, NotOffered};

pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms", Need::Token, Full, list::list),
    route!(POST "/admin/realms", CreateRealm, Full, post::post).large(),
    route!(GET "/admin/realms/{realm}", AnyRole, Full, show::show),
    route!(PUT "/admin/realms/{realm}", ManageRealm, Full, update::update).large(),
    route!(DELETE "/admin/realms/{realm}", ManageRealm, Full, delete::delete),
    route!(GET "/admin/realms/{realm}/default-default-client-scopes", ViewClients, Full, default_scopes::default),
    route!(
        PUT "/admin/realms/{realm}/default-default-client-scopes/{scope}",
        ManageClients, Full, default_scopes::add_default
    ),
    route!(
        DELETE "/admin/realms/{realm}/default-default-client-scopes/{scope}",
        ManageClients, Full, default_scopes::remove_default
    ),
    route!(GET "/admin/realms/{realm}/default-optional-client-scopes", ViewClients, Full, default_scopes::optional),
    route!(
        PUT "/admin/realms/{realm}/default-optional-client-scopes/{scope}",
        ManageClients, Full, default_scopes::add_optional
    ),
    route!(
        DELETE "/admin/realms/{realm}/default-optional-client-scopes/{scope}",
        ManageClients, Full, default_scopes::remove_optional
    ),
    route!(GET "/admin/realms/{realm}/default-groups", ViewRealm, Full, default_groups::list),
    route!(PUT "/admin/realms/{realm}/default-groups/{group}", ManageRealm, Full, default_groups::add),
    route!(DELETE "/admin/realms/{realm}/default-groups/{group}", ManageRealm, Full, default_groups::remove),
    route!(POST "/admin/realms/{realm}/push-revocation", ManageRealm, Full, logout_all::push_revocation),
    route!(POST "/admin/realms/{realm}/logout-all", ManageUsers, Full, logout_all::logout_all),
    route!(DELETE "/admin/realms/{realm}/sessions/{session}", ManageUsers, Full, session::delete),
    route!(GET "/admin/realms/{realm}/client-session-stats", ViewRealm, Full, session::stats),
    route!(POST "/admin/realms/{realm}/clear-realm-cache", ManageRealm, Full, caches::clear),
    route!(POST "/admin/realms/{realm}/clear-user-cache", ManageRealm, Full, caches::clear),
    route!(POST "/admin/realms/{realm}/clear-keys-cache", ManageRealm, Full, caches::clear),
    route!(POST "/admin/realms/{realm}/clear-crl-cache", ManageRealm, Full, caches::clear),
    route!(POST "/admin/realms/{realm}/partial-export", ManageRealm, Full, partial_export::post),
    route!(POST "/admin/realms/{realm}/partialImport", ManageRealm, Full, partial_import::post).large(),
    route!(GET "/admin/realms/{realm}/credential-registrators", ViewRealm, Full, not_offered::registrators),
    route!(
        GET "/admin/realms/{realm}/users-management-permissions",
        ViewRealm, NotOffered, not_offered::permissions
    ),
    route!(
        PUT "/admin/realms/{realm}/users-management-permissions",
        ManageRealm, NotOffered, not_offered::permissions
    ),
];

/// The realm in the path as it stands now: what is written is made from this row, not from memory.
async fn current(call: &AdminCall, tx: &mut dyn Tx) -> Result<Realm, AdminError> {
    let found = tx.realm_by_name(&call.realm()?.realm.name).await?;
    found.ok_or(AdminError::not_found("Realm not found."))
}
