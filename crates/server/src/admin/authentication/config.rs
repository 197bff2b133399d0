//! Configurations of executions.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::fault::Fault;
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;
use serde_json::{Value, json};

use super::executions::NO_SUCH_EXECUTION;
use super::flow::Flows;
use super::providers;
use crate::admin::documents::{self, set, text};
use crate::admin::keycloak::document_secret::{self, Place};
use crate::admin::keycloak::shown_secret::MASK;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const KIND: DocumentKind = DocumentKind::AuthenticatorConfig;
const MEMBERS: [&str; 3] = ["id", "alias", "config"];
const NO_SUCH_CONFIG: &str = "Could not find authenticator config";

/// `GET …/authentication/config/{config}`, and the same below an execution. What is a secret, or unknown to whoever
/// uses it, is masked.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let mut document = find(call, &mut *tx).await?;
    let flows = Flows::read(&mut *tx, document.realm).await?;
    let mut steps = flows.all.iter().flat_map(|flow| &flow.executions);
    let user = steps.find(|step| step.authenticator_config.as_ref() == Some(&document.name));
    let provider = user.and_then(|step| providers::any(step.authenticator.as_deref()?));
    document_secret::mask(KIND, &mut document.body);
    for (name, value) in document
        .body
        .get_mut("config")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if !provider.is_some_and(|provider| provider.shows(name)) {
            *value = MASK.into();
        }
    }
    Ok(Answer::json(&document.body))
}

/// `POST …/authentication/executions/{execution}/config`.
pub(super) async fn create_for(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = sent(call)?;
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let (flow, step) = flows.execution(call.param("execution")).ok_or(NO_SUCH_EXECUTION)?;
    let alias = text(&sent, "alias").to_owned();
    is_free(&alias, &tx.documents(call.realm_id()?, KIND).await?)?;
    let made = insert(call, &mut *tx, &alias, sent).await?;
    for old in flow.executions.iter_mut().filter(|old| old.id == step.id) {
        old.authenticator_config = Some(made.name.clone());
    }
    flow.save(&mut *tx).await?;
    // What it had before belongs to nobody now.
    if let Some(before) = &step.authenticator_config
        && let Some(before) = tx.document_by_name(made.realm, KIND, before).await?
    {
        tx.delete_document(before.realm, KIND, before.id).await?;
    }
    created(call, tx, &made).await
}

/// `POST …/authentication/config`: one that no execution uses.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = sent(call)?;
    let mut tx = call.write().await?;
    let alias = text(&sent, "alias").to_owned();
    is_free(&alias, &tx.documents(call.realm_id()?, KIND).await?)?;
    let made = insert(call, &mut *tx, &alias, sent).await?;
    created(call, tx, &made).await
}

async fn created(call: &AdminCall, tx: Box<dyn Tx>, made: &Document) -> Result<Answer, AdminError> {
    let path = format!("{}/{}", call.resource_path(), made.id);
    let done = Done::new(Operation::Create, "AUTHENTICATOR_CONFIG", path);
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::created(&call.url(&made.id.to_string())))
}

/// Refuses an alias that another has, as Keycloak does for a new one; a change may take it.
fn is_free(alias: &str, others: &[Document]) -> Result<(), AdminError> {
    if alias.is_empty() {
        return Err(AdminError::Conflict(
            "Failed to create authentication execution configuration with empty alias name".into(),
        ));
    }
    if others.iter().any(|other| text(&other.body, "alias") == alias) {
        return Err(AdminError::Conflict(format!(
            "Authentication execution configuration {alias} already exists"
        )));
    }
    Ok(())
}

/// Adds one. A change or a realm file may have made aliases alike; the name of its row is then its id, and its execution
/// uses that.
pub(super) async fn insert(
    call: &AdminCall,
    tx: &mut dyn Tx,
    alias: &str,
    mut body: Value,
) -> Result<Document, AdminError> {
    let mut document = documents::new(call, KIND, alias, Value::Null)?;
    set(&mut body, "id", document.id.to_string());
    set(&mut body, "alias", alias);
    if body.get("config").is_none_or(Value::is_null) {
        set(&mut body, "config", json!({}));
    }
    document_secret::seal(place(&document), &mut body, None, &call.app.sealer)?;
    document.body = body;
    if alias.is_empty() || tx.document_by_name(document.realm, KIND, alias).await?.is_some() {
        document.name = document.id.to_string();
    }
    tx.insert_document(&document).await?;
    Ok(document)
}

/// Takes the secrets out of a body whose id will be another.
pub(super) fn forget_secrets(body: &mut Value) {
    document_secret::mask(KIND, body);
}

/// `PUT …/authentication/config/{config}`. The name of its row stays.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut body = sent(call)?;
    let mut tx = call.write().await?;
    let before = find(call, &mut *tx).await?;
    set(&mut body, "id", before.id.to_string());
    if text(&body, "alias").is_empty() {
        set(&mut body, "alias", text(&before.body, "alias"));
    }
    // What was masked comes back masked, and stays.
    let kept = before.body.get("config").cloned().unwrap_or_default();
    for (name, value) in body
        .get_mut("config")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if value.as_str() == Some(MASK) {
            *value = kept.get(name).cloned().unwrap_or_default();
        }
    }
    let mut document = Document { body, ..before.clone() };
    reseal(call, &mut document, &before)?;
    tx.update_document(&document).await?;
    let done = Done::new(Operation::Update, "AUTHENTICATOR_CONFIG", call.resource_path());
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::no_content())
}

/// Seals what is new; what is as it was in the row stays sealed.
fn reseal(call: &AdminCall, document: &mut Document, before: &Document) -> Result<(), Fault> {
    let kept = before.body.get("config").cloned().unwrap_or_default();
    for (name, value) in document
        .body
        .get_mut("config")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if document_secret::is_secret(KIND, name) && Some(&*value) == kept.get(name) {
            *value = MASK.into();
        }
    }
    let place = place(document);
    document_secret::seal(place, &mut document.body, Some(&before.body), &call.app.sealer)
}

/// `DELETE …/authentication/config/{config}`: its execution has none then.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let document = find(call, &mut *tx).await?;
    let mut flows = Flows::read(&mut *tx, document.realm).await?;
    for flow in &mut flows.all {
        let users = flow.executions.iter_mut();
        let users = users.filter(|step| step.authenticator_config.as_ref() == Some(&document.name));
        if users.map(|step| step.authenticator_config = None).count() > 0 {
            flow.save(&mut *tx).await?;
        }
    }
    let done = Done::new(Operation::Delete, "AUTHENTICATOR_CONFIG", call.resource_path());
    documents::remove(call, tx, &document, done).await?;
    Ok(Answer::no_content())
}

fn sent(call: &AdminCall) -> Result<Value, AdminError> {
    call.known("AuthenticatorConfigRepresentation", &MEMBERS)
}

async fn find(call: &AdminCall, tx: &mut dyn Tx) -> Result<Document, AdminError> {
    let id: DocumentId = call.id("config", NO_SUCH_CONFIG)?;
    let found = tx.document(call.realm_id()?, KIND, id).await?;
    found.ok_or(AdminError::not_found(NO_SUCH_CONFIG))
}

fn place(document: &Document) -> Place {
    Place {
        realm: document.realm,
        kind: document.kind,
        id: document.id,
    }
}
