//! The identity providers of a realm.

use keyward_domain::document::{Document, DocumentKind};
use serde_json::{Value, json};

use super::missing;
use super::providers::is_known;
use crate::admin::documents::{self, named, set, text};
use crate::admin::keycloak::document_secret;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

pub(super) const KIND: DocumentKind = DocumentKind::IdentityProvider;

/// The members that Keycloak knows.
const MEMBERS: [&str; 23] = [
    "alias",
    "displayName",
    "internalId",
    "providerId",
    "enabled",
    "updateProfileFirstLogin",
    "updateProfileFirstLoginMode",
    "trustEmail",
    "storeToken",
    "addReadTokenRoleOnCreate",
    "authenticateByDefault",
    "linkOnly",
    "hideOnLogin",
    "firstBrokerLoginFlowAlias",
    "postBrokerLoginFlowAlias",
    "organizationId",
    "config",
    "types",
    "updateProfileFirstLoginmode",
    "showInAccountConsole",
    "mappers",
    "identityProviderMappers",
    "updateToken",
];

/// `GET …/identity-provider/instances`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let search = call
        .query
        .get("search")
        .unwrap_or_default()
        .trim_matches('*')
        .to_lowercase();
    let brief = call.query.flag("briefRepresentation") == Some(true);
    let found = documents::shown(call, KIND).await?;
    let found = found.into_iter().filter(|document| {
        let shown = text(&document.body, "displayName").to_lowercase();
        document.name.to_lowercase().contains(&search) || shown.contains(&search)
    });
    let page = part(found, call.query.paging(i64::from(i32::MAX))?);
    let views: Vec<Value> = page
        .into_iter()
        .map(|document| {
            let mut body = document.body;
            if brief {
                set(&mut body, "config", json!({}));
            }
            body
        })
        .collect();
    Ok(Answer::json(&views))
}

/// `GET …/identity-provider/instances/{alias}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let mut document = named(call, &mut *tx, KIND, call.param("alias"), missing()).await?;
    document_secret::mask(KIND, &mut document.body);
    Ok(Answer::json(&document.body))
}

/// `POST …/identity-provider/instances`.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut body = sent(call)?;
    let alias = text(&body, "alias").to_owned();
    if alias.contains(' ') {
        return Err(AdminError::BadRequest("Empty Space not allowed.".into()));
    }
    if alias.is_empty() || alias.len() > 255 || alias.contains('/') {
        return Err(AdminError::invalid("path is null"));
    }
    if !is_known(text(&body, "providerId")) {
        let text = format!("Invalid identity provider id [{}]", text(&body, "providerId"));
        return Err(AdminError::Invalid(text.into()));
    }
    if body.get("enabled").is_none() {
        set(&mut body, "enabled", true);
    }
    if body.get("config").is_none() {
        set(&mut body, "config", json!({}));
    }
    let mut document = documents::new(call, KIND, &alias, Value::Null)?;
    set(&mut body, "internalId", document.id.to_string());
    document.body = body;
    let done = Done::new(
        Operation::Create,
        "IDENTITY_PROVIDER",
        format!("identity-provider/instances/{alias}"),
    );
    let taken = AdminError::Conflict(format!("Identity Provider {alias} already exists"));
    documents::create(call, document, done, taken).await?;
    Ok(Answer::created(&call.url(&alias)))
}

/// `PUT …/identity-provider/instances/{alias}`.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut body = sent(call)?;
    let tx = call.write().await?;
    let (tx, before) = current(call, tx).await?;
    if text(&body, "alias") != before.name {
        return Err(AdminError::invalid("Identity Provider alias cannot be changed"));
    }
    set(&mut body, "internalId", before.id.to_string());
    let done = Done::new(Operation::Update, "IDENTITY_PROVIDER", call.resource_path());
    documents::replace(call, tx, &before, body, done).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/identity-provider/instances/{alias}`: with its mappers.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let tx = call.write().await?;
    let (mut tx, document) = current(call, tx).await?;
    for mapper in tx
        .documents(document.realm, DocumentKind::IdentityProviderMapper)
        .await?
    {
        if text(&mapper.body, "identityProviderAlias") == document.name {
            tx.delete_document(mapper.realm, mapper.kind, mapper.id).await?;
        }
    }
    let done = Done::new(Operation::Delete, "IDENTITY_PROVIDER", call.resource_path());
    documents::remove(call, tx, &document, done).await?;
    Ok(Answer::no_content())
}

type Open = Box<dyn keyward_domain::ports::Tx>;

async fn current(call: &AdminCall, mut tx: Open) -> Result<(Open, Document), AdminError> {
    let document = named(call, &mut *tx, KIND, call.param("alias"), missing()).await?;
    Ok((tx, document))
}

/// The body, with an error for every member that Keycloak does not know.
fn sent(call: &AdminCall) -> Result<Value, AdminError> {
    call.known("IdentityProviderRepresentation", &MEMBERS)
}
