//! Organizations and their members. Kept as data: no token or login knows of them yet.

mod identity_providers;
mod members;
mod one;

use keyward_domain::document::DocumentKind;

use super::rest::{AdminCall, AdminError, Need, Offered, Route, route};

const KIND: DocumentKind = DocumentKind::Organization;

/// The member of a document that holds the rows of its members; it is never shown.
const MEMBERS: &str = "keyward.members";

pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/organizations", Need::ViewOrganizations, Offered::DataOnly, one::list),
    route!(POST "/admin/realms/{realm}/organizations", Need::ManageOrganizations, Offered::DataOnly, one::create),
    route!(GET "/admin/realms/{realm}/organizations/count", Need::ViewOrganizations, Offered::DataOnly, one::count),
    route!(
        GET "/admin/realms/{realm}/organizations/members/{user}/organizations",
        Need::ViewOrganizations, Offered::DataOnly, members::organizations
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}",
        Need::ViewOrganizations, Offered::DataOnly, one::read
    ),
    route!(
        PUT "/admin/realms/{realm}/organizations/{organization}",
        Need::ManageOrganizations, Offered::DataOnly, one::update
    ),
    route!(
        DELETE "/admin/realms/{realm}/organizations/{organization}",
        Need::ManageOrganizations, Offered::DataOnly, one::delete
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}/members",
        Need::ViewOrganizations, Offered::DataOnly, members::list
    ),
    route!(
        POST "/admin/realms/{realm}/organizations/{organization}/members",
        Need::ManageOrganizations, Offered::DataOnly, members::add
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}/members/count",
        Need::ViewOrganizations, Offered::DataOnly, members::count
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}/members/{user}",
        Need::ViewOrganizations, Offered::DataOnly, members::read
    ),
    route!(
        DELETE "/admin/realms/{realm}/organizations/{organization}/members/{user}",
        Need::ManageOrganizations, Offered::DataOnly, members::remove
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}/members/{user}/organizations",
        Need::ViewOrganizations, Offered::DataOnly, members::organizations
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}/identity-providers",
        Need::ViewOrganizations, Offered::DataOnly, identity_providers::list
    ),
    route!(
        POST "/admin/realms/{realm}/organizations/{organization}/identity-providers",
        Need::ManageOrganizations, Offered::DataOnly, identity_providers::link
    ),
    route!(
        GET "/admin/realms/{realm}/organizations/{organization}/identity-providers/{alias}",
        Need::ViewOrganizations, Offered::DataOnly, identity_providers::read
    ),
    route!(
        DELETE "/admin/realms/{realm}/organizations/{organization}/identity-providers/{alias}",
        Need::ManageOrganizations, Offered::DataOnly, identity_providers::unlink
    ),
];

/// Organizations are there in realms that have them switched on.
fn enabled(call: &AdminCall) -> Result<(), AdminError> {
    let on = call.realm()?.realm.settings.kept.get("organizationsEnabled");
    if on.and_then(serde_json::Value::as_bool) == Some(true) {
        Ok(())
    } else {
        Err(AdminError::MissingMessage("Organizations not enabled for this realm."))
    }
}
