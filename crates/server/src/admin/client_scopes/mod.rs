//! Client scopes.

mod create;
mod delete;
mod find;
mod read;
mod update;

use super::rest::{Need, Offered, Route, route};

pub(crate) use find::{current, find};

macro_rules! scope_routes {
    ($base:literal) => {
        [
            route!(GET $base, Need::QueryClients, Offered::Full, read::list),
            route!(POST $base, Need::ManageClients, Offered::Full, create::create),
            route!(GET concat!($base, "/{scope}"), Need::ViewClients, Offered::Full, read::one),
            route!(PUT concat!($base, "/{scope}"), Need::ManageClients, Offered::Full, update::update),
            route!(DELETE concat!($base, "/{scope}"), Need::ManageClients, Offered::Full, delete::delete),
        ]
    };
}

/// `client-templates` is what the scopes were called before.
pub(crate) static ROUTES: [&[Route]; 2] = [
    &scope_routes!("/admin/realms/{realm}/client-scopes"),
    &scope_routes!("/admin/realms/{realm}/client-templates"),
];
