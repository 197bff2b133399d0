//! Which roles would stand in tokens, if their subject holds them.

use keyward_domain::id::ClientUuid;
use keyward_domain::role::Role;

use super::Evaluated;
use crate::admin::keycloak::role;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/evaluate-scopes/scope-mappings/{container}/granted`
pub(super) async fn granted(call: &AdminCall) -> Result<Answer, AdminError> {
    list(call, true)
}

/// `GET …/evaluate-scopes/scope-mappings/{container}/not-granted`
pub(super) async fn not_granted(call: &AdminCall) -> Result<Answer, AdminError> {
    list(call, false)
}

/// Roles of one container that are let in, or that are not.
fn list(call: &AdminCall, wanted: bool) -> Result<Answer, AdminError> {
    let Evaluated { entry, granted } = Evaluated::read(call)?;
    let realm = call.realm()?;
    let container = container(call)?;
    let scopes: Vec<_> = granted.iter().filter_map(|name| realm.scopes.get(*name)).collect();
    let lets_in = |role: &&Role| {
        let by_scope = scopes.iter().any(|scope| scope.roles.contains(&role.id));
        (entry.limit.lets_in(role.id) || by_scope) == wanted
    };
    let roles = realm
        .roles
        .roles()
        .filter(|role| role.client == container)
        .filter(lets_in);
    Ok(Answer::json(&role::brief_list(roles, &realm.roles)))
}

/// The realm by its name, or one of its clients by its row.
fn container(call: &AdminCall) -> Result<Option<ClientUuid>, AdminError> {
    const MISSING: &str = "Role Container not found";
    let realm = call.realm()?;
    if call.param("container") == realm.realm.name.as_str() {
        return Ok(None);
    }
    let id: ClientUuid = call.id("container", MISSING)?;
    let known = realm.client(id).ok_or(AdminError::not_found(MISSING))?;
    Ok(Some(known.client.id))
}
