//! Organizations.

use keyward_domain::document::Document;
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;
use serde_json::{Value, json};

use super::{KIND, MEMBERS, enabled};
use crate::admin::documents::{self, named, set, text};
use crate::admin::rest::query::{attributes, part};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const KNOWN: [&str; 11] = [
    "id",
    "name",
    "alias",
    "enabled",
    "description",
    "redirectUrl",
    "attributes",
    "domains",
    "members",
    "identityProviders",
    "groups",
];

/// `GET …/organizations`.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let full = call.query.flag("briefRepresentation") == Some(false);
    let page = part(found(call).await?.into_iter(), call.query.paging(10)?);
    let views: Vec<Value> = page
        .iter()
        .map(|document| {
            let mut view = shown(document);
            if let Value::Object(members) = &mut view
                && !full
            {
                members.remove("attributes");
            }
            view
        })
        .collect();
    Ok(Answer::json(&views))
}

/// `GET …/organizations/count`.
pub(super) async fn count(call: &AdminCall) -> Result<Answer, AdminError> {
    Ok(Answer::json(&found(call).await?.len()))
}

/// `GET …/organizations/{organization}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    Ok(Answer::json(&shown(&find(call, &mut *tx).await?)))
}

/// `POST …/organizations`.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    enabled(call)?;
    let mut document = documents::new(call, KIND, "", sent(call)?)?;
    let id = document.id.to_string();
    document.name.clone_from(&id);
    complete(&mut document.body, &id);
    let others = documents::shown(call, KIND).await?;
    unlike(call, &document.body, others.iter())?;
    let done = Done::new(Operation::Create, "ORGANIZATION", format!("organizations/{id}"));
    documents::create(call, document, done, taken()).await?;
    Ok(Answer::created(&call.url(&id)))
}

/// `PUT …/organizations/{organization}`.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut body = sent(call)?;
    let mut tx = call.write().await?;
    let before = find(call, &mut *tx).await?;
    let alias = text(&before.body, "alias");
    if !text(&body, "alias").is_empty() && text(&body, "alias") != alias {
        return Err(AdminError::invalid("Cannot change the alias"));
    }
    set(&mut body, "alias", alias);
    complete(&mut body, &before.name);
    let others = tx.documents(before.realm, KIND).await?;
    unlike(call, &body, others.iter().filter(|other| other.id != before.id))?;
    if let Some(members) = before.body.get(MEMBERS) {
        set(&mut body, MEMBERS, members.clone());
    }
    let done = Done::new(Operation::Update, "ORGANIZATION", call.resource_path());
    documents::replace(call, tx, &before, body, done).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/organizations/{organization}`.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let document = find(call, &mut *tx).await?;
    let done = Done::new(Operation::Delete, "ORGANIZATION", call.resource_path());
    documents::remove(call, tx, &document, done).await?;
    Ok(Answer::no_content())
}

/// The organization in the path.
pub(super) async fn find(call: &AdminCall, tx: &mut dyn Tx) -> Result<Document, AdminError> {
    enabled(call)?;
    let missing = || AdminError::MissingMessage("Organization not found.");
    let id: DocumentId = call.param("organization").parse().map_err(|_| missing())?;
    named(call, tx, KIND, &id.to_string(), missing()).await
}

/// An organization without the rows of its members.
pub(super) fn shown(document: &Document) -> Value {
    let mut view = document.body.clone();
    if let Value::Object(members) = &mut view {
        members.remove(MEMBERS);
        members.entry("attributes").or_insert(json!({}));
    }
    view
}

async fn found(call: &AdminCall) -> Result<Vec<Document>, AdminError> {
    enabled(call)?;
    let search = call.query.get("search").unwrap_or_default().to_lowercase();
    let exact = call.query.flag("exact") == Some(true);
    let wanted = call.query.get("q").map(attributes).unwrap_or_default();
    let mut found = documents::shown(call, KIND).await?;
    found.retain(|document| {
        let name = text(&document.body, "name").to_lowercase();
        let mut names = domains(&document.body).map(str::to_lowercase).chain([name]);
        let matches = names.any(|name| if exact { name == search } else { name.contains(&search) });
        let has = |(name, value): &(String, String)| {
            let values = document
                .body
                .pointer(&format!("/attributes/{name}"))
                .and_then(Value::as_array);
            values.is_some_and(|values| values.iter().any(|other| other == value))
        };
        (matches || call.query.get("search").is_none()) && wanted.iter().all(has)
    });
    found.sort_by(|one, other| text(&one.body, "name").cmp(text(&other.body, "name")));
    Ok(found)
}

/// Name, alias and domains are one organization's.
fn unlike<'a>(call: &AdminCall, body: &Value, others: impl Iterator<Item = &'a Document>) -> Result<(), AdminError> {
    for other in others {
        let same = |member: &str| text(&other.body, member) == text(body, member);
        if same("name") || same("alias") {
            return Err(taken());
        }
        let theirs: Vec<&str> = domains(&other.body).collect();
        if let Some(domain) = domains(body).find(|domain| theirs.contains(domain)) {
            let (name, realm) = (text(&other.body, "name"), &call.realm()?.realm.name);
            let text = format!("Domain {domain} is already linked to organization {name} in realm {realm}");
            return Err(AdminError::Invalid(text.into()));
        }
    }
    Ok(())
}

fn domains(body: &Value) -> impl Iterator<Item = &str> {
    let domains = body.get("domains").and_then(Value::as_array).into_iter().flatten();
    domains.map(|domain| text(domain, "name"))
}

fn taken() -> AdminError {
    AdminError::Conflict("A organization with the same name already exists.".into())
}

/// What an organization has that was not sent: an alias, and domains that nobody has proved.
fn complete(body: &mut Value, id: &str) {
    set(body, "id", id);
    if text(body, "alias").is_empty() {
        let name = text(body, "name").to_owned();
        set(body, "alias", name);
    }
    if body.get("enabled").is_none() {
        set(body, "enabled", true);
    }
    for domain in body
        .get_mut("domains")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if domain.get("verified").is_none() {
            set(domain, "verified", false);
        }
    }
}

fn sent(call: &AdminCall) -> Result<Value, AdminError> {
    let body = call.known("OrganizationRepresentation", &KNOWN)?;
    if text(&body, "name").is_empty() {
        return Err(AdminError::invalid("Name can not be null"));
    }
    Ok(body)
}
