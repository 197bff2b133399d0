//! Reading and writing what is kept as data only.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy;
use keyward_domain::fault::Fault;
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;
use serde_json::Value;

use super::keycloak::document_secret::{self, Place};
use super::names;
use super::rest::{AdminCall, AdminError, Done};
use crate::http::entropy::SystemEntropy;

/// A document that is not there yet.
pub(crate) fn new(call: &AdminCall, kind: DocumentKind, name: &str, body: Value) -> Result<Document, AdminError> {
    names::check("Name", name)?;
    Ok(Document {
        id: DocumentId(entropy::uuid(&mut SystemEntropy)),
        realm: call.realm_id()?,
        kind,
        name: name.to_owned(),
        body,
    })
}

/// All of a kind, as they are shown: secrets masked.
pub(crate) async fn shown(call: &AdminCall, kind: DocumentKind) -> Result<Vec<Document>, AdminError> {
    let mut documents = call.read().await?.documents(call.realm_id()?, kind).await?;
    for document in &mut documents {
        document_secret::mask(kind, &mut document.body);
    }
    Ok(documents)
}

/// One by its name, as it is stored; `missing` when it is not there.
pub(crate) async fn named(
    call: &AdminCall,
    tx: &mut dyn Tx,
    kind: DocumentKind,
    name: &str,
    missing: AdminError,
) -> Result<Document, AdminError> {
    tx.document_by_name(call.realm_id()?, kind, name).await?.ok_or(missing)
}

/// Writes a new document and commits; `taken` when its name is.
pub(crate) async fn create(
    call: &AdminCall,
    mut document: Document,
    done: Done,
    taken: AdminError,
) -> Result<(), AdminError> {
    document_secret::seal(place(&document), &mut document.body, None, &call.app.sealer)?;
    let mut tx = call.write().await?;
    match tx.insert_document(&document).await {
        Err(Fault::Exists(_)) => return Err(taken),
        other => other?,
    }
    call.commit(tx, done.of_nothing()).await
}

/// Writes a new body over the one that `before` has, and commits.
pub(crate) async fn replace(
    call: &AdminCall,
    mut tx: Box<dyn Tx>,
    before: &Document,
    body: Value,
    done: Done,
) -> Result<(), AdminError> {
    let mut document = Document { body, ..before.clone() };
    document_secret::seal(
        place(&document),
        &mut document.body,
        Some(&before.body),
        &call.app.sealer,
    )?;
    tx.update_document(&document).await?;
    call.commit(tx, done.of_nothing()).await
}

/// Removes a document and commits.
pub(crate) async fn remove(
    call: &AdminCall,
    mut tx: Box<dyn Tx>,
    document: &Document,
    done: Done,
) -> Result<(), AdminError> {
    tx.delete_document(document.realm, document.kind, document.id).await?;
    call.commit(tx, done.of_nothing()).await
}

/// Sets a member of a body that is an object.
pub(crate) fn set(body: &mut Value, member: &str, value: impl Into<Value>) {
    if let Value::Object(body) = body {
        body.insert(member.to_owned(), value.into());
    }
}

/// The text of a member; empty when it is none.
pub(crate) fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn place(document: &Document) -> Place {
    Place {
        realm: document.realm,
        kind: document.kind,
        id: document.id,
    }
}
