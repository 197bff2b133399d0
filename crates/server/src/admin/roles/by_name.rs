//! One role.

use super::container::{Access, book, role};
use crate::admin::keycloak::role::RoleView;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/roles/{role}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let role = role(call, Access::View)?;
    Ok(Answer::json(&RoleView::full(role, book(call)?)))
}
