//! User storages (LDAP): data only, nothing is read from one.

use keyward_domain::document::DocumentKind;
use keyward_domain::id::DocumentId;
use serde_json::json;

use super::component::Component;
use super::{MISSING, missing};
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `GET …/user-storage/{component}/name`.
pub(super) async fn name(call: &AdminCall) -> Result<Answer, AdminError> {
    let id: DocumentId = call.id("component", MISSING)?;
    let found = call
        .read()
        .await?
        .document(call.realm_id()?, DocumentKind::Component, id)
        .await?;
    let component = found.map(|document| Component::of(&document)).ok_or(missing())?;
    Ok(Answer::json(&json!({ "id": component.id, "name": component.name })))
}

/// What would ask a directory.
pub(super) async fn not_offered(_: &AdminCall) -> Result<Answer, AdminError> {
    Err(AdminError::NotOffered("user storages (LDAP, Kerberos)"))
}
