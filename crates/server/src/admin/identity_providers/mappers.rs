//! The mappers of an identity provider.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;
use serde_json::{Value, json};

use super::{instances, missing};
use crate::admin::documents::{self, named, set, text};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const KIND: DocumentKind = DocumentKind::IdentityProviderMapper;
const MEMBERS: [&str; 5] = [
    "id",
    "name",
    "identityProviderAlias",
    "identityProviderMapper",
    "config",
];

/// `GET …/instances/{alias}/mappers`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    Ok(Answer::json(
        &of_provider(call, &mut *tx)
            .await?
            .iter()
            .map(|document| &document.body)
            .collect::<Vec<_>>(),
    ))
}

/// `GET …/instances/{alias}/mappers/{mapper}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    Ok(Answer::json(&find(call, &mut *tx).await?.body))
}

/// `POST …/instances/{alias}/mappers`.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let others = of_provider(call, &mut *tx).await?;
    let mut document = documents::new(call, KIND, "", sent(call)?)?;
    let name = text(&document.body, "name").to_owned();
    if name.is_empty() {
        return Err(AdminError::invalid("The name of the mapper is missing"));
    }
    if others.iter().any(|other| text(&other.body, "name") == name) {
        let provider = named(call, &mut *tx, instances::KIND, call.param("alias"), missing()).await?;
        let kind = text(&provider.body, "providerId");
        let text = format!("Failed to add mapper '{name}' to identity provider [{kind}].");
        return Err(AdminError::Invalid(text.into()));
    }
    let id = document.id.to_string();
    document.name.clone_from(&id);
    complete(call, &mut document.body, &id);
    let done = Done::new(
        Operation::Create,
        "IDENTITY_PROVIDER_MAPPER",
        format!("{}/{id}", call.resource_path()),
    );
    documents::create(call, document, done, missing()).await?;
    Ok(Answer::created(&call.url(&id)))
}

/// `PUT …/instances/{alias}/mappers/{mapper}`.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut body = sent(call)?;
    let mut tx = call.write().await?;
    let before = find(call, &mut *tx).await?;
    complete(call, &mut body, &before.name);
    let done = Done::new(Operation::Update, "IDENTITY_PROVIDER_MAPPER", call.resource_path());
    documents::replace(call, tx, &before, body, done).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/instances/{alias}/mappers/{mapper}`.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let document = find(call, &mut *tx).await?;
    let done = Done::new(Operation::Delete, "IDENTITY_PROVIDER_MAPPER", call.resource_path());
    documents::remove(call, tx, &document, done).await?;
    Ok(Answer::no_content())
}

fn complete(call: &AdminCall, body: &mut Value, id: &str) {
    set(body, "id", id);
    set(body, "identityProviderAlias", call.param("alias"));
    if body.get("config").is_none() {
        set(body, "config", json!({}));
    }
}

fn sent(call: &AdminCall) -> Result<Value, AdminError> {
    call.known("IdentityProviderMapperRepresentation", &MEMBERS)
}

async fn of_provider(call: &AdminCall, tx: &mut dyn Tx) -> Result<Vec<Document>, AdminError> {
    let alias = call.param("alias");
    named(call, tx, instances::KIND, alias, missing()).await?;
    let mut found = tx.documents(call.realm_id()?, KIND).await?;
    found.retain(|document| text(&document.body, "identityProviderAlias") == alias);
    Ok(found)
}

async fn find(call: &AdminCall, tx: &mut dyn Tx) -> Result<Document, AdminError> {
    const MISSING: &str = "Model not found";
    let id: DocumentId = call.id("mapper", MISSING)?;
    let mut found = of_provider(call, tx).await?.into_iter();
    found
        .find(|document| document.id == id)
        .ok_or(AdminError::not_found(MISSING))
}
