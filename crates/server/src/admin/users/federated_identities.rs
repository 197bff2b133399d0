//! `users/{user}/federated-identity`: logins at identity providers, as data.

use keyward_domain::Fault;
use keyward_domain::user::FederatedIdentity;

use super::find::find;
use super::{get, privilege};
use crate::admin::keycloak::user::FederatedIdentityRepresentation;
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation, body};

/// Lists them, as far as the realm has their providers.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    let providers = get::providers(call, &mut *tx).await?;
    Ok(Answer::json(&get::identities(&mut *tx, &user, &providers).await?))
}

/// Adds one.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let rep: FederatedIdentityRepresentation = call.representation()?;
    let provider = call.param("provider").to_owned();
    names::check("Identity provider alias", &provider)?;
    names::check("User id", rep.user_id.as_deref().unwrap_or_default())?;
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    let identity = FederatedIdentity {
        user: user.id,
        provider: provider.clone(),
        external_id: rep.user_id.clone().unwrap_or_default(),
        external_name: rep.user_name.clone().unwrap_or_default(),
    };
    tx.insert_federated_identity(&identity)
        .await
        .map_err(|fault| match fault {
            Fault::Exists(_) => AdminError::Conflict("User is already linked with provider".into()),
            other => AdminError::Fault(other),
        })?;
    let path = format!("users/{}/federated-identity/{provider}", user.id);
    let done = Done::new(Operation::Create, "USER", path).of_nothing();
    call.commit(tx, done.with(body::value(&rep)?)).await?;
    Ok(Answer::no_content())
}

/// Removes one.
pub(super) async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    let provider = call.param("provider");
    if !tx.delete_federated_identity(user.id, provider).await? {
        return Err(AdminError::not_found("Link not found"));
    }
    let path = format!("users/{}/federated-identity/{provider}", user.id);
    call.commit(tx, Done::new(Operation::Delete, "USER", path).of_nothing())
        .await?;
    Ok(Answer::no_content())
}
