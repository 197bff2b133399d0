//! The texts of a realm in the languages of its people. Kept as data: the pages here have texts of their own.

use std::collections::BTreeMap;

use keyward_domain::document::{Document, DocumentKind};
use serde_json::{Value, json};

use super::documents::{self, named};
use super::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, route};

const KIND: DocumentKind = DocumentKind::Localization;
const MISSING_TEXT: &str = "Localization text not found";

/// Most texts of a locale.
const MOST_TEXTS: usize = 10_000;

pub(crate) static ROUTES: &[Route] = &[
    route!(GET "/admin/realms/{realm}/localization", Need::AnyRole, Offered::DataOnly, locales),
    route!(GET "/admin/realms/{realm}/localization/{locale}", Need::AnyRole, Offered::DataOnly, texts),
    route!(POST "/admin/realms/{realm}/localization/{locale}", Need::ManageRealm, Offered::DataOnly, add),
    route!(DELETE "/admin/realms/{realm}/localization/{locale}", Need::ManageRealm, Offered::DataOnly, remove),
    route!(GET "/admin/realms/{realm}/localization/{locale}/{key}", Need::AnyRole, Offered::DataOnly, text),
    route!(PUT "/admin/realms/{realm}/localization/{locale}/{key}", Need::ManageRealm, Offered::DataOnly, set_text),
    route!(DELETE "/admin/realms/{realm}/localization/{locale}/{key}", Need::ManageRealm, Offered::DataOnly, remove_text),
];

async fn locales(call: &AdminCall) -> Result<Answer, AdminError> {
    let found = documents::shown(call, KIND).await?;
    Ok(Answer::json(
        &found.iter().map(|document| &document.name).collect::<Vec<_>>(),
    ))
}

async fn texts(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let found = tx
        .document_by_name(call.realm_id()?, KIND, call.param("locale"))
        .await?;
    Ok(Answer::json(&found.map_or(json!({}), |document| document.body)))
}

async fn text(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let missing = || AdminError::not_found(MISSING_TEXT);
    let document = named(call, &mut *tx, KIND, call.param("locale"), missing()).await?;
    match document.body.get(call.param("key")) {
        Some(Value::String(text)) => Ok(Answer::text(text.clone())),
        _ => Err(missing()),
    }
}

/// `POST …/localization/{locale}`: texts by key, put over those that are there.
async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent: BTreeMap<String, String> = if call.content_type().starts_with("multipart/form-data") {
        return Err(AdminError::NotOffered(
            "localization texts as an uploaded file: send them as JSON",
        ));
    } else {
        call.json()?
    };
    write(call, sent, "localization").await?;
    Ok(Answer::no_content())
}

async fn set_text(call: &AdminCall) -> Result<Answer, AdminError> {
    let text = call.text()?.to_owned();
    write(
        call,
        BTreeMap::from([(call.param("key").to_owned(), text)]),
        "localization",
    )
    .await?;
    Ok(Answer::no_content())
}

async fn write(call: &AdminCall, sent: BTreeMap<String, String>, what: &'static str) -> Result<(), AdminError> {
    let locale = call.param("locale");
    let fits = (1..=35).contains(&locale.len())
        && locale
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !fits {
        return Err(AdminError::BadRequest("the locale is no language tag".into()));
    }
    let done = Done::new(Operation::Update, "REALM", format!("{what}/{locale}"));
    let mut tx = call.write().await?;
    let before = tx.document_by_name(call.realm_id()?, KIND, locale).await?;
    let mut body = before.as_ref().map_or(json!({}), |before| before.body.clone());
    for (key, text) in sent {
        documents::set(&mut body, &key, text);
    }
    if body.as_object().is_some_and(|texts| texts.len() > MOST_TEXTS) {
        return Err(AdminError::BadRequest(format!(
            "a locale has at most {MOST_TEXTS} texts"
        )));
    }
    if let Some(before) = before {
        return documents::replace(call, tx, &before, body, done).await;
    }
    tx.insert_document(&documents::new(call, KIND, locale, body)?).await?;
    call.commit(tx, done.of_nothing()).await
}

async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let locale = call.param("locale");
    let mut tx = call.write().await?;
    let missing = AdminError::NotFound(format!("No localization texts for locale {locale} found.").into());
    let document = named(call, &mut *tx, KIND, locale, missing).await?;
    documents::remove(call, tx, &document, done(call)).await?;
    Ok(Answer::no_content())
}

async fn remove_text(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let missing = || AdminError::not_found(MISSING_TEXT);
    let document: Document = named(call, &mut *tx, KIND, call.param("locale"), missing()).await?;
    let mut body = document.body.clone();
    let there = body.as_object_mut().and_then(|texts| texts.remove(call.param("key")));
    if there.is_none() {
        return Err(missing());
    }
    documents::replace(call, tx, &document, body, done(call)).await?;
    Ok(Answer::no_content())
}

fn done(call: &AdminCall) -> Done {
    Done::new(Operation::Delete, "REALM", call.resource_path())
}
