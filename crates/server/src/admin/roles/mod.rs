//! Roles of the realm and of its clients. One set of handlers: the path says whose roles are meant.

mod by_name;
mod composites;
mod container;
mod create;
mod delete;
mod holders;
mod list;
mod update;

pub(crate) use container::{find_client, grantable, is_of_administration};

use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

macro_rules! role_routes {
    ($one:literal, $view:expr, $manage:expr) => {
        [
            route!(GET $one, $view, Offered::Full, by_name::read),
            route!(PUT $one, $manage, Offered::Full, update::update),
            route!(DELETE $one, $manage, Offered::Full, delete::delete),
            route!(GET concat!($one, "/composites"), $view, Offered::Full, composites::list),
            route!(POST concat!($one, "/composites"), $manage, Offered::Full, composites::add),
            route!(DELETE concat!($one, "/composites"), $manage, Offered::Full, composites::remove),
            route!(GET concat!($one, "/composites/realm"), $view, Offered::Full, composites::of_realm),
            route!(GET concat!($one, "/composites/clients/{container}"), $view, Offered::Full, composites::of_client),
            route!(GET concat!($one, "/management/permissions"), $view, Offered::NotOffered, permissions),
            route!(PUT concat!($one, "/management/permissions"), $manage, Offered::NotOffered, permissions),
        ]
    };
}

macro_rules! container_routes {
    ($roles:literal, $view:expr, $manage:expr) => {
        [
            route!(GET $roles, $view, Offered::Full, list::list),
            route!(POST $roles, $manage, Offered::Full, create::create),
            route!(GET concat!($roles, "/{role}/users"), $view, Offered::Full, holders::users),
            route!(GET concat!($roles, "/{role}/groups"), $view, Offered::Full, holders::groups),
        ]
    };
}

pub(crate) static ROUTES: [&[Route]; 5] = [
    &container_routes!("/admin/realms/{realm}/roles", Need::ViewRealm, Need::ManageRealm),
    &role_routes!("/admin/realms/{realm}/roles/{role}", Need::ViewRealm, Need::ManageRealm),
    &container_routes!(
        "/admin/realms/{realm}/clients/{client}/roles",
        Need::ViewClients,
        Need::ManageClients
    ),
    &role_routes!(
        "/admin/realms/{realm}/clients/{client}/roles/{role}",
        Need::ViewClients,
        Need::ManageClients
    ),
    // Whose role it is decides what is needed: the handlers ask.
    &role_routes!(
        "/admin/realms/{realm}/roles-by-id/{role_id}",
        Need::AnyRole,
        Need::AnyRole
    ),
];

async fn permissions(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("fine-grained admin permissions"))
}
