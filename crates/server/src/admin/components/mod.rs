//! Components. Those that are keys are the realm's keys: making, changing and removing one does so with the key. The
//! others (user storages, policies of client registration) are kept as data.

pub(crate) mod built_in;
mod change;
mod check;
mod component;
mod create;
pub(crate) mod keys;
mod read;
mod types;
mod user_storage;

use super::rest::{AdminError, Need, Offered, Route, route};

pub(crate) use types::all as types;

pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/components", Need::ViewRealm, Offered::Full, read::list),
    route!(POST "/admin/realms/{realm}/components", Need::ManageRealm, Offered::Full, create::create),
    route!(GET "/admin/realms/{realm}/components/{component}", Need::ViewRealm, Offered::Full, read::read),
    route!(PUT "/admin/realms/{realm}/components/{component}", Need::ManageRealm, Offered::Full, change::update),
    route!(DELETE "/admin/realms/{realm}/components/{component}", Need::ManageRealm, Offered::Full, change::delete),
    route!(
        GET "/admin/realms/{realm}/components/{component}/sub-component-types",
        Need::ViewRealm, Offered::Full, read::sub_types
    ),
    route!(
        GET "/admin/realms/{realm}/user-storage/{component}/name",
        Need::ViewRealm, Offered::DataOnly, user_storage::name
    ),
    route!(
        POST "/admin/realms/{realm}/user-storage/{component}/sync",
        Need::ManageRealm, Offered::NotOffered, user_storage::not_offered
    ),
    route!(
        POST "/admin/realms/{realm}/user-storage/{component}/remove-imported-users",
        Need::ManageRealm, Offered::NotOffered, user_storage::not_offered
    ),
    route!(
        POST "/admin/realms/{realm}/user-storage/{component}/unlink-users",
        Need::ManageRealm, Offered::NotOffered, user_storage::not_offered
    ),
    route!(
        POST "/admin/realms/{realm}/user-storage/{component}/mappers/{mapper}/sync",
        Need::ManageRealm, Offered::NotOffered, user_storage::not_offered
    ),
    route!(
        POST "/admin/realms/{realm}/testLDAPConnection",
        Need::ManageRealm, Offered::NotOffered, user_storage::not_offered
    ),
    route!(
        POST "/admin/realms/{realm}/ldap-server-capabilities",
        Need::ManageRealm, Offered::NotOffered, user_storage::not_offered
    ),
];

const MISSING: &str = "Could not find component";
const NO_SUCH_PROVIDER: &str = "Invalid provider type or no such provider";

fn missing() -> AdminError {
    AdminError::not_found(MISSING)
}
