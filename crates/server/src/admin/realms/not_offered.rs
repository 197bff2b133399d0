//! What Keycloak has for a realm and this server does not.

use serde_json::json;

use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `…/users-management-permissions`.
pub(super) async fn permissions(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("fine-grained admin permissions"))
}

/// `GET …/credential-registrators`: the required actions by which a person sets up a credential.
pub(super) async fn registrators(_: &AdminCall) -> Result<Answer, AdminError> {
    Ok(Answer::json(&json!(["CONFIGURE_TOTP"])))
}
