//! Listing roles.

use keyward_domain::role::Role;

use super::container::{book, container};
use crate::admin::keycloak::role::RoleView;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/roles`: those whose name or description holds `search`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let book = book(call)?;
    let container = container(call)?;
    let search = call.query.get("search").unwrap_or_default().trim().to_lowercase();
    let mut roles: Vec<&Role> = book
        .roles()
        .filter(|role| role.client == container && found(role, &search))
        .collect();
    roles.sort_by(|one, other| one.name.cmp(&other.name));
    let view = match call.query.flag("briefRepresentation") {
        Some(false) => RoleView::full,
        _ => RoleView::brief,
    };
    let page = part(roles.into_iter(), call.query.paging(i64::from(i32::MAX))?);
    let views: Vec<RoleView> = page.into_iter().map(|role| view(role, book)).collect();
    Ok(Answer::json(&views))
}

fn found(role: &Role, search: &str) -> bool {
    role.name.to_lowercase().contains(search) || role.description.to_lowercase().contains(search)
}
