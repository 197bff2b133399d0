//! The identity providers of an organization: an identity provider that names it as its `organizationId`.

use keyward_domain::document::{Document, DocumentKind};
use serde_json::{Value, json};

use super::one::find;
use crate::admin::documents::{self, set, text};
use crate::admin::keycloak::document_secret;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const KIND: DocumentKind = DocumentKind::IdentityProvider;
const MISSING: &str = "Identity provider not found with the given alias";

/// The member of an identity provider that names its organization.
const OWNER: &str = "organizationId";

/// `GET …/identity-providers`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let id = find(call, &mut *tx).await?.name;
    let mut found = documents::shown(call, KIND).await?;
    found.retain(|document| text(&document.body, OWNER) == id);
    Ok(Answer::json(
        &found.into_iter().map(|document| document.body).collect::<Vec<_>>(),
    ))
}

/// `GET …/identity-providers/{alias}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let id = find(call, &mut *tx).await?.name;
    let found = tx.document_by_name(call.realm_id()?, KIND, call.param("alias")).await?;
    let found = found.filter(|document| text(&document.body, OWNER) == id);
    let mut document = found.ok_or(AdminError::MissingMessage(MISSING))?;
    document_secret::mask(KIND, &mut document.body);
    Ok(Answer::json(&document.body))
}

/// `POST …/identity-providers`: the body is an alias, bare or as a JSON text.
pub(super) async fn link(call: &AdminCall) -> Result<Answer, AdminError> {
    let alias = String::from_utf8_lossy(call.raw_body())
        .trim()
        .trim_matches('"')
        .to_owned();
    let mut tx = call.write().await?;
    let id = find(call, &mut *tx).await?.name;
    // Nothing has such a name, and PostgreSQL would not be asked for one.
    if alias.contains('\0') {
        return Err(AdminError::invalid(MISSING));
    }
    let found = tx.document_by_name(call.realm_id()?, KIND, &alias).await?;
    let before = found.ok_or(AdminError::invalid(MISSING))?;
    match text(&before.body, OWNER) {
        "" => {}
        owner if owner == id => {
            return Err(AdminError::Conflict(
                "Identity provider already associated to the organization".into(),
            ));
        }
        _ => {
            return Err(AdminError::invalid(
                "Identity provider already associated to a different organization",
            ));
        }
    }
    put(call, tx, &before, json!(id), Operation::Create).await
}

/// `DELETE …/identity-providers/{alias}`.
pub(super) async fn unlink(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let id = find(call, &mut *tx).await?.name;
    let found = tx.document_by_name(call.realm_id()?, KIND, call.param("alias")).await?;
    let found = found.filter(|document| text(&document.body, OWNER) == id);
    let before = found.ok_or(AdminError::MissingMessage(MISSING))?;
    put(call, tx, &before, Value::Null, Operation::Delete).await
}

async fn put(
    call: &AdminCall,
    tx: Box<dyn keyward_domain::ports::Tx>,
    before: &Document,
    owner: Value,
    operation: Operation,
) -> Result<Answer, AdminError> {
    let mut body = before.body.clone();
    match owner {
        Value::Null => drop(body.as_object_mut().and_then(|members| members.remove(OWNER))),
        owner => set(&mut body, OWNER, owner),
    }
    let done = Done::new(operation, "ORGANIZATION", call.resource_path());
    documents::replace(call, tx, before, body, done).await?;
    Ok(Answer::no_content())
}
