//! Required actions: which of them there are, which are on, and which every new user gets.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::ports::Tx;
use serde_json::{Map, Value, json};

use super::built_in;
use super::priority::{Move, swapped};
use super::providers::described;
use crate::admin::documents::{self, named, set, text};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const KIND: DocumentKind = DocumentKind::RequiredAction;
const MEMBERS: [&str; 7] = [
    "alias",
    "name",
    "providerId",
    "enabled",
    "defaultAction",
    "priority",
    "config",
];
const RESOURCE: &str = "REQUIRED_ACTION";
const MISSING: AdminError = AdminError::not_found("Failed to find required action");
/// The same in a change, with a full stop.
const MISSING_FOR_CHANGE: AdminError = AdminError::not_found("Failed to find required action.");

/// `GET …/authentication/required-actions`, by priority.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let found = by_priority(call, &mut *call.read().await?).await?;
    Ok(Answer::json(&found.into_iter().map(view).collect::<Vec<_>>()))
}

async fn by_priority(call: &AdminCall, tx: &mut dyn Tx) -> Result<Vec<Document>, AdminError> {
    let mut found = tx.documents(call.realm_id()?, KIND).await?;
    found.sort_by_key(|document| priority(&document.body));
    Ok(found)
}

fn priority(body: &Value) -> i64 {
    body.get("priority").and_then(Value::as_i64).unwrap_or(0)
}

/// A row without what a file may have put there beside Keycloak's members.
fn view(document: Document) -> Value {
    let Value::Object(mut body) = document.body else {
        return json!({});
    };
    body.retain(|name, _| MEMBERS.contains(&name.as_str()));
    Value::Object(body)
}

/// `GET …/authentication/required-actions/{alias}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let document = named(call, &mut *tx, KIND, call.param("alias"), MISSING).await?;
    Ok(Answer::json(&view(document)))
}

/// `PUT …/authentication/required-actions/{alias}`: everything but what stands behind it.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("RequiredActionProviderRepresentation", &MEMBERS)?;
    let mut tx = call.write().await?;
    let mut document = named(call, &mut *tx, KIND, call.param("alias"), MISSING).await?;
    for (member, value) in sent.as_object().into_iter().flatten() {
        let fits = match member.as_str() {
            "enabled" | "defaultAction" => value.is_boolean(),
            "priority" => value.is_i64(),
            "alias" | "name" => value.as_str().is_some_and(|text| !text.is_empty() && text.len() <= 255),
            "config" => value.is_object(),
            _ => true,
        };
        if !fits && !value.is_null() {
            return Err(AdminError::BadRequest(format!("{member} is not what it should be")));
        }
        if !value.is_null() && member != "providerId" {
            set(&mut document.body, member, value.clone());
        }
    }
    text(&document.body, "alias").clone_into(&mut document.name);
    let taken = || AdminError::ConflictOf("Duplicate resource error");
    tx.update_document(&document)
        .await
        .map_err(|fault| super::flows::exists(fault, taken()))?;
    call.commit(tx, done(call, Operation::Update)).await?;
    Ok(Answer::no_content())
}

/// `DELETE …/authentication/required-actions/{alias}`: nobody can be given it any more.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let document = named(call, &mut *tx, KIND, call.param("alias"), MISSING_FOR_CHANGE).await?;
    documents::remove(call, tx, &document, done(call, Operation::Delete)).await?;
    Ok(Answer::no_content())
}

/// `GET …/authentication/unregistered-required-actions`.
pub(super) async fn unregistered(call: &AdminCall) -> Result<Answer, AdminError> {
    let there = by_priority(call, &mut *call.read().await?).await?;
    let missing = built_in::required_actions().iter().filter(|action| {
        !there
            .iter()
            .any(|document| text(&document.body, "providerId") == action.id)
    });
    let views = missing.map(|action| json!({ "providerId": action.id, "name": action.name }));
    Ok(Answer::json(&views.collect::<Vec<_>>()))
}

/// `POST …/authentication/register-required-action`: puts one back, as the last.
pub(super) async fn register(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("Map", &["providerId", "name"])?;
    let id = text(&sent, "providerId");
    if !built_in::required_actions().iter().any(|action| action.id == id) {
        return Err(AdminError::BadRequest(
            "Required Action Provider with given providerId not found".into(),
        ));
    }
    let mut tx = call.write().await?;
    let last = by_priority(call, &mut *tx)
        .await?
        .last()
        .map_or(0, |last| priority(&last.body));
    let body = json!({
        "alias": id,
        "name": text(&sent, "name"),
        "providerId": id,
        "enabled": true,
        "defaultAction": false,
        "priority": last.saturating_add(1),
        "config": {},
    });
    let inserted = tx.insert_document(&documents::new(call, KIND, id, body)?).await;
    inserted.map_err(|fault| super::flows::exists(fault, AdminError::ConflictOf("Duplicate resource error")))?;
    call.commit(tx, done(call, Operation::Create)).await?;
    Ok(Answer::no_content())
}

/// `POST …/required-actions/{alias}/raise-priority`.
pub(super) async fn raise(call: &AdminCall) -> Result<Answer, AdminError> {
    shift(call, Move::Up).await
}

/// `POST …/required-actions/{alias}/lower-priority`.
pub(super) async fn lower(call: &AdminCall) -> Result<Answer, AdminError> {
    shift(call, Move::Down).await
}

async fn shift(call: &AdminCall, to: Move) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let mut list = by_priority(call, &mut *tx).await?;
    let place = list
        .iter()
        .position(|document| document.name == call.param("alias"))
        .ok_or(MISSING_FOR_CHANGE)?;
    if let Some((one, other)) = swapped(place, list.len(), to) {
        let priorities: Vec<i64> = list.iter().map(|document| priority(&document.body)).collect();
        list.swap(one, other);
        for (document, its) in list.iter_mut().zip(priorities) {
            if priority(&document.body) != its {
                set(&mut document.body, "priority", its);
                tx.update_document(document).await?;
            }
        }
    }
    call.commit(tx, done(call, Operation::Update)).await?;
    Ok(Answer::no_content())
}

/// `GET …/required-actions/{alias}/config`.
pub(super) async fn config(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let (document, _) = configurable(call, &mut *tx).await?;
    let config = document.body.get("config").cloned().unwrap_or(json!({}));
    Ok(Answer::json(&json!({ "config": config })))
}

/// `PUT …/required-actions/{alias}/config`. Names that nobody knows are passed over, as in Keycloak.
pub(super) async fn set_config(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("RequiredActionConfigRepresentation", &["config"])?;
    let mut tx = call.write().await?;
    let (mut document, settings) = configurable(call, &mut *tx).await?;
    let config = sent
        .get("config")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let known = config
        .into_iter()
        .filter(|(name, value)| settings.contains(name) && value.is_string());
    let known: Map<String, Value> = known.collect();
    check_numbers(&known)?;
    set(&mut document.body, "config", known);
    tx.update_document(&document).await?;
    call.commit(tx, done(call, Operation::Update)).await?;
    Ok(Answer::no_content())
}

/// Settings that are whole numbers; `max_auth_age` is in seconds. As in Keycloak nothing stands for the usual value.
fn check_numbers(config: &Map<String, Value>) -> Result<(), AdminError> {
    for name in ["max_auth_age", "warning_threshold"] {
        let sent = config.get(name).and_then(Value::as_str).filter(|sent| !sent.is_empty());
        let (message, params) = match sent.map(str::parse::<i32>) {
            Some(Err(_)) => ("error-invalid-value", json!([name])),
            Some(Ok(number)) if number < 0 => ("error-number-out-of-range-too-small", json!([name, 0])),
            Some(Ok(_)) | None => continue,
        };
        let wrong = json!({ "field": name, "errorMessage": message, "params": params });
        return Err(AdminError::InvalidField(wrong));
    }
    Ok(())
}

/// `DELETE …/required-actions/{alias}/config`.
pub(super) async fn remove_config(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let (mut document, _) = configurable(call, &mut *tx).await?;
    set(&mut document.body, "config", json!({}));
    tx.update_document(&document).await?;
    call.commit(tx, done(call, Operation::Delete)).await?;
    Ok(Answer::no_content())
}

async fn configurable(call: &AdminCall, tx: &mut dyn Tx) -> Result<(Document, &'static [String]), AdminError> {
    let refused = || AdminError::BadRequest("RequiredAction is not configurable".into());
    let document = named(call, tx, KIND, call.param("alias"), refused()).await?;
    let settings = settings(text(&document.body, "providerId"));
    if settings.is_empty() {
        return Err(refused());
    }
    Ok((document, settings))
}

fn settings(provider: &str) -> &'static [String] {
    let found = built_in::required_actions().iter().find(|action| action.id == provider);
    found.map_or(&[], |action| &action.settings)
}

/// `GET …/required-actions/{alias}/config-description`.
pub(super) async fn config_description(call: &AdminCall) -> Result<Answer, AdminError> {
    let missing = || AdminError::not_found("Could not find configurable RequiredAction provider");
    let mut tx = call.read().await?;
    let document = named(call, &mut *tx, KIND, call.param("alias"), missing()).await?;
    let settings = settings(text(&document.body, "providerId"));
    if settings.is_empty() {
        return Err(missing());
    }
    let property = |name: &String| {
        let (label, sort, usual) = match name.as_str() {
            "max_auth_age" => ("Maximum Age of Authentication", "String", json!(300)),
            "warning_threshold" => ("Warning Threshold", "Integer", json!(4)),
            "emailResendCooldownSeconds" => ("Cooldown Between Email Resend (seconds)", "String", json!("30")),
            "add-recovery-codes" => ("Add Recovery Codes", "boolean", json!(false)),
            "verifyEmail" => ("Force Email Verification", "boolean", json!(false)),
            other => (other, "String", Value::Null),
        };
        let property = [
            ("name", json!(name)),
            ("label", json!(label)),
            ("helpText", json!(label)),
            ("type", json!(sort)),
            ("defaultValue", usual),
        ];
        described(
            &property
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect(),
        )
    };
    let properties: Vec<Value> = settings.iter().map(property).collect();
    Ok(Answer::json(&json!({ "properties": properties })))
}

fn done(call: &AdminCall, operation: Operation) -> Done {
    Done::new(operation, RESOURCE, call.resource_path()).of_nothing()
}
