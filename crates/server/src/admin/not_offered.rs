//! What Keycloak has and this server has not: a clear 501, so that a tool learns it and does not guess.

use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

macro_rules! not_offered {
    ($handler:path, $view:expr, $manage:expr, $($path:literal),+) => {
        &[$(
            route!(GET $path, $view, Offered::NotOffered, $handler),
            route!(POST $path, $manage, Offered::NotOffered, $handler),
            route!(PUT $path, $manage, Offered::NotOffered, $handler),
            route!(DELETE $path, $manage, Offered::NotOffered, $handler),
        )+]
    };
}

pub(crate) static ROUTES: [&[Route]; 5] = [
    not_offered!(
        workflows,
        Need::ViewRealm,
        Need::ManageRealm,
        "/admin/realms/{realm}/workflows",
        "/admin/realms/{realm}/workflows/{*rest}"
    ),
    not_offered!(
        credentials,
        Need::ViewUsers,
        Need::ManageUsers,
        "/admin/realms/{realm}/users/{user}/vc/{*rest}"
    ),
    not_offered!(
        saml,
        Need::ViewClients,
        Need::ManageClients,
        "/admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-saml-response"
    ),
    not_offered!(
        groups,
        Need::ViewOrganizations,
        Need::ManageOrganizations,
        "/admin/realms/{realm}/organizations/{organization}/groups",
        "/admin/realms/{realm}/organizations/{organization}/groups/{*rest}",
        "/admin/realms/{realm}/organizations/{organization}/members/{user}/groups"
    ),
    not_offered!(
        invitations,
        Need::ViewOrganizations,
        Need::ManageOrganizations,
        "/admin/realms/{realm}/organizations/{organization}/invitations",
        "/admin/realms/{realm}/organizations/{organization}/invitations/{*rest}",
        "/admin/realms/{realm}/organizations/{organization}/members/invite-user",
        "/admin/realms/{realm}/organizations/{organization}/members/invite-existing-user"
    ),
];

async fn workflows(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("workflows"))
}

async fn credentials(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("verifiable credentials"))
}

async fn saml(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("SAML"))
}

async fn groups(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("groups of organizations"))
}

async fn invitations(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("invitations to organizations"))
}
