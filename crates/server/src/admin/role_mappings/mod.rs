//! Which roles users and groups hold, and which roles clients and client scopes let into tokens (Keycloak's scope
//! mappings). One set of handlers for the four: [`owner`] says whose mappings a path means.

mod change;
mod look;
mod owner;
mod sent;

use super::rest::{Need, Offered, Route, route};

macro_rules! mapping_routes {
    ($base:literal, $view:expr, $manage:expr) => {
        [
            route!(GET $base, $view, Offered::Full, look::all),
            route!(GET concat!($base, "/realm"), $view, Offered::Full, look::direct),
            route!(GET concat!($base, "/realm/available"), $view, Offered::Full, look::available),
            route!(GET concat!($base, "/realm/composite"), $view, Offered::Full, look::effective),
            route!(POST concat!($base, "/realm"), $manage, Offered::Full, change::add),
            route!(DELETE concat!($base, "/realm"), $manage, Offered::Full, change::remove),
            route!(GET concat!($base, "/clients/{container}"), $view, Offered::Full, look::direct),
            route!(GET concat!($base, "/clients/{container}/available"), $view, Offered::Full, look::available),
            route!(GET concat!($base, "/clients/{container}/composite"), $view, Offered::Full, look::effective),
            route!(POST concat!($base, "/clients/{container}"), $manage, Offered::Full, change::add),
            route!(DELETE concat!($base, "/clients/{container}"), $manage, Offered::Full, change::remove),
        ]
    };
}

pub(crate) static ROUTES: [&[Route]; 5] = [
    &mapping_routes!(
        "/admin/realms/{realm}/users/{user}/role-mappings",
        Need::ViewUsers,
        Need::ManageUsers
    ),
    &mapping_routes!(
        "/admin/realms/{realm}/groups/{group}/role-mappings",
        Need::ViewUsers,
        Need::ManageUsers
    ),
    &mapping_routes!(
        "/admin/realms/{realm}/clients/{client}/scope-mappings",
        Need::ViewClients,
        Need::ManageClients
    ),
    &mapping_routes!(
        "/admin/realms/{realm}/client-scopes/{scope}/scope-mappings",
        Need::ViewClients,
        Need::ManageClients
    ),
    &mapping_routes!(
        "/admin/realms/{realm}/client-templates/{scope}/scope-mappings",
        Need::ViewClients,
        Need::ManageClients
    ),
];
