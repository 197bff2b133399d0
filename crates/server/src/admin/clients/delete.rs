//! Removing a client.

use super::{find, protect};
use crate::admin::realms::BUILT_IN;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `DELETE …/clients/{client}`: with its roles, its secrets and its service account. From now on it gets no token.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let entry = find::entry(call)?;
    protect::require_manageable(call, entry)?;
    let client = &entry.client;
    if BUILT_IN.contains(&client.client_id.as_str()) {
        return Err(AdminError::InvalidInput(
            "invalid_request",
            "Could not delete client".into(),
        ));
    }
    let mut tx = call.write().await?;
    if !tx.delete_client(call.realm_id()?, client.id).await? {
        return Err(AdminError::not_found("Could not find client"));
    }
    let done = Done::new(Operation::Delete, "CLIENT", format!("clients/{}", client.id));
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}
