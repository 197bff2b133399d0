//! Seeing client scopes.

use super::find::{MISSING, find};
use crate::admin::keycloak::client_scope::ScopeView;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};

/// `GET /admin/realms/{realm}/client-scopes`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    if !Need::ViewClients.is_met_by(call.rights) {
        return Ok(Answer::json(&[(); 0]));
    }
    let scopes = call.realm()?.scopes.values().map(|entry| ScopeView::of(&entry.scope));
    Ok(Answer::json(&scopes.collect::<Vec<_>>()))
}

/// `GET /admin/realms/{realm}/client-scopes/{scope}`.
pub(super) async fn one(call: &AdminCall) -> Result<Answer, AdminError> {
    Ok(Answer::json(&ScopeView::of(find(call, "scope", MISSING)?)))
}
