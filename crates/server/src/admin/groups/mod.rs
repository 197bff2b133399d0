//! Groups, their hierarchy and their members.

mod children;
mod create;
mod delete;
mod find;
mod list;
mod members;
mod moved;
mod of_user;
mod read;
mod update;

use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

pub(crate) use find::joinable;

pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/groups", Need::QueryGroups, Offered::Full, list::list),
    route!(POST "/admin/realms/{realm}/groups", Need::ManageUsers, Offered::Full, create::create),
    route!(GET "/admin/realms/{realm}/groups/count", Need::QueryGroups, Offered::Full, list::count),
    route!(GET "/admin/realms/{realm}/groups/{group}", Need::ViewUsers, Offered::Full, read::read),
    route!(PUT "/admin/realms/{realm}/groups/{group}", Need::ManageUsers, Offered::Full, update::update),
    route!(DELETE "/admin/realms/{realm}/groups/{group}", Need::ManageUsers, Offered::Full, delete::delete),
    route!(GET "/admin/realms/{realm}/groups/{group}/children", Need::ViewUsers, Offered::Full, children::list),
    route!(POST "/admin/realms/{realm}/groups/{group}/children", Need::ManageUsers, Offered::Full, children::add),
    route!(GET "/admin/realms/{realm}/groups/{group}/members", Need::ViewUsers, Offered::Full, members::members),
    route!(
        GET "/admin/realms/{realm}/groups/{group}/management/permissions",
        Need::ViewUsers, Offered::NotOffered, permissions
    ),
    route!(
        PUT "/admin/realms/{realm}/groups/{group}/management/permissions",
        Need::ManageUsers, Offered::NotOffered, permissions
    ),
    route!(GET "/admin/realms/{realm}/group-by-path/{*path}", Need::ViewUsers, Offered::Full, read::by_path),
    route!(GET "/admin/realms/{realm}/users/{user}/groups", Need::ViewUsers, Offered::Full, of_user::list),
    route!(GET "/admin/realms/{realm}/users/{user}/groups/count", Need::ViewUsers, Offered::Full, of_user::count),
    route!(PUT "/admin/realms/{realm}/users/{user}/groups/{group}", Need::ManageUsers, Offered::Full, of_user::join),
    route!(DELETE "/admin/realms/{realm}/users/{user}/groups/{group}", Need::ManageUsers, Offered::Full, of_user::leave),
];

async fn permissions(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("fine-grained admin permissions"))
}
