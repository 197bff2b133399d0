//! The protocol mappers of clients and of client scopes. One set of handlers: [`owner`] says whose a path means.

mod change;
mod create;
mod owner;
mod read;

use super::rest::{Need, Offered, Route, route};

macro_rules! mapper_routes {
    ($base:literal) => {
        [
            route!(GET concat!($base, "/models"), Need::ViewClients, Offered::Full, read::all),
            route!(POST concat!($base, "/models"), Need::ManageClients, Offered::Full, create::one),
            route!(GET concat!($base, "/models/{mapper}"), Need::ViewClients, Offered::Full, read::one),
            route!(PUT concat!($base, "/models/{mapper}"), Need::ManageClients, Offered::Full, change::update),
            route!(DELETE concat!($base, "/models/{mapper}"), Need::ManageClients, Offered::Full, change::delete),
            route!(POST concat!($base, "/add-models"), Need::ManageClients, Offered::Full, create::many),
            route!(GET concat!($base, "/protocol/{protocol}"), Need::ViewClients, Offered::Full, read::of_protocol),
        ]
    };
}

pub(crate) static ROUTES: [&[Route]; 3] = [
    &mapper_routes!("/admin/realms/{realm}/clients/{client}/protocol-mappers"),
    &mapper_routes!("/admin/realms/{realm}/client-scopes/{scope}/protocol-mappers"),
    &mapper_routes!("/admin/realms/{realm}/client-templates/{scope}/protocol-mappers"),
];
