//! What Keycloak has for clients and this server has not.

use crate::admin::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

const AUTHZ: &str = "/admin/realms/{realm}/clients/{client}/authz/resource-server";
const BELOW: &str = "/admin/realms/{realm}/clients/{client}/authz/resource-server/{*rest}";
const PERMISSIONS: &str = "/admin/realms/{realm}/clients/{client}/management/permissions";
const TYPES: &str = "/admin/realms/{realm}/client-types";

pub(super) static ROUTES: [Route; 10] = [
    route!(GET AUTHZ, Need::ViewClients, Offered::NotOffered, authorization),
    route!(PUT AUTHZ, Need::ManageClients, Offered::NotOffered, authorization),
    route!(GET BELOW, Need::ViewClients, Offered::NotOffered, authorization),
    route!(POST BELOW, Need::ManageClients, Offered::NotOffered, authorization),
    route!(PUT BELOW, Need::ManageClients, Offered::NotOffered, authorization),
    route!(DELETE BELOW, Need::ManageClients, Offered::NotOffered, authorization),
    route!(GET PERMISSIONS, Need::ViewClients, Offered::NotOffered, permissions),
    route!(PUT PERMISSIONS, Need::ManageClients, Offered::NotOffered, permissions),
    route!(GET TYPES, Need::AnyRole, Offered::NotOffered, types),
    route!(PUT TYPES, Need::ManageClients, Offered::NotOffered, types),
];

async fn authorization(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("authorization services (UMA)"))
}

async fn permissions(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("fine-grained permissions on single clients"))
}

async fn types(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("client types"))
}
