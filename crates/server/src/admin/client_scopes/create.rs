//! Creating a client scope.

use keyward_domain::entropy;
use keyward_domain::fault::Fault;
use keyward_domain::id::ScopeId;

use crate::admin::keycloak::client_scope::{ScopeRepresentation, ScopeView};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

/// `POST /admin/realms/{realm}/client-scopes`.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: ScopeRepresentation = call.representation()?;
    let id = sent.id.as_deref().and_then(|id| id.parse().ok());
    let id = id.unwrap_or_else(|| ScopeId(entropy::uuid(&mut SystemEntropy)));
    let scope = sent.row(id, call.realm_id()?)?;
    let mut tx = call.write().await?;
    tx.insert_scope(&scope)
        .await
        .map_err(|fault| taken(fault, &scope.name))?;
    let shown = serde_json::to_value(ScopeView::of(&scope)).unwrap_or_default();
    let done = Done::new(Operation::Create, "CLIENT_SCOPE", format!("client-scopes/{id}")).with(shown);
    call.commit(tx, done).await?;
    Ok(Answer::created(&call.url(&id.to_string())))
}

/// The error of a name that is taken.
pub(super) fn taken(fault: Fault, name: &str) -> AdminError {
    match fault {
        Fault::Exists(_) => AdminError::Conflict(format!("Client Scope {name} already exists")),
        fault => fault.into(),
    }
}
