//! The flows themselves.

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy;
use keyward_domain::fault::Fault;
use keyward_domain::id::DocumentId;
use keyward_domain::ports::Tx;
use serde_json::{Value, json};

use super::flow::{Execution, Flows};
use crate::admin::documents::{set, text};
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::http::entropy::SystemEntropy;

const MEMBERS: [&str; 7] = [
    "id",
    "alias",
    "description",
    "providerId",
    "topLevel",
    "builtIn",
    "authenticationExecutions",
];

/// The members of a realm that name a flow.
const BINDINGS: [&str; 7] = [
    "browserFlow",
    "registrationFlow",
    "directGrantFlow",
    "resetCredentialsFlow",
    "clientAuthenticationFlow",
    "dockerAuthenticationFlow",
    "firstBrokerLoginFlow",
];

const NO_SUCH_ID: AdminError = AdminError::not_found("Could not find flow with id");
pub(super) const NO_SUCH_FLOW: AdminError = AdminError::not_found("Flow not found");

/// A flow of the top level that Keycloak does not list.
const UNLISTED: &str = "saml ecp";

/// `GET …/authentication/flows`: those of the top level.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let flows = Flows::read(&mut *call.read().await?, call.realm_id()?).await?;
    let top = flows
        .all
        .iter()
        .filter(|flow| flow.is_top_level() && flow.alias() != UNLISTED);
    Ok(Answer::json(&top.map(super::flow::Flow::view).collect::<Vec<_>>()))
}

/// `GET …/authentication/flows/{flow}`, by id.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut flows = Flows::read(&mut *call.read().await?, call.realm_id()?).await?;
    let flow = flows.of_id(call.param("flow")).ok_or(NO_SUCH_ID)?;
    Ok(Answer::json(&flow.view()))
}

/// `POST …/authentication/flows`: an empty one.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut body = call.known("AuthenticationFlowRepresentation", &MEMBERS)?;
    let alias = text(&body, "alias").to_owned();
    if alias.is_empty() {
        return Err(AdminError::Conflict(
            "Failed to create flow with empty alias name".into(),
        ));
    }
    names::check("Flow alias", &alias)?;
    let taken = AdminError::Conflict(format!("Flow {alias} already exists"));
    complete(&mut body);
    let id = new_id();
    let mut tx = call.write().await?;
    let flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let inserted = flows.insert(&mut *tx, (id, &alias), body, &[]).await;
    inserted.map_err(|fault| exists(fault, taken))?;
    let done = Done::new(Operation::Create, "AUTH_FLOW", format!("authentication/flows/{id}"));
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::created(&call.url(&id.to_string())))
}

/// `PUT …/authentication/flows/{flow}`: its name and description. Whatever names it follows.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("AuthenticationFlowRepresentation", &MEMBERS)?;
    let alias = text(&sent, "alias");
    if alias.is_empty() {
        return Err(AdminError::Conflict(
            "Failed to update flow with empty alias name".into(),
        ));
    }
    names::check("Flow alias", alias)?;
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let flow = flows.of_id(call.param("flow")).ok_or(NO_SUCH_ID)?;
    let before = flow.alias().to_owned();
    flow.document.name = alias.to_owned();
    for member in ["alias", "description"] {
        if let Some(value) = sent.get(member).filter(|value| value.is_string()) {
            set(&mut flow.document.body, member, value.clone());
        }
    }
    let taken = AdminError::Conflict("Flow alias name already exists".into());
    flow.save(&mut *tx).await.map_err(|fault| exists(fault, taken))?;
    let done = Done::new(Operation::Update, "AUTH_FLOW", call.resource_path());
    if before == alias {
        call.commit(tx, done.of_nothing()).await?;
    } else {
        rename(call, &mut *tx, &mut flows, (&before, alias)).await?;
        call.commit(tx, done).await?;
    }
    Ok(Answer::no_content())
}

/// Steps and the realm's settings name flows by alias.
async fn rename(
    call: &AdminCall,
    tx: &mut dyn Tx,
    flows: &mut Flows,
    (before, alias): (&str, &str),
) -> Result<(), AdminError> {
    for flow in &mut flows.all {
        let steps = flow
            .executions
            .iter_mut()
            .filter(|step| step.flow_alias.as_deref() == Some(before));
        if steps.map(|step| step.flow_alias = Some(alias.to_owned())).count() > 0 {
            flow.save(tx).await?;
        }
    }
    let Some(mut realm) = tx.realm_by_name(&call.realm()?.realm.name).await? else {
        return Err(AdminError::not_found("Realm not found."));
    };
    for binding in BINDINGS {
        if realm.settings.kept.get(binding).and_then(Value::as_str) == Some(before) {
            realm.settings.kept.insert(binding.to_owned(), alias.into());
        }
    }
    tx.update_realm(&realm).await?;
    Ok(())
}

/// `DELETE …/authentication/flows/{flow}`: with the flows below it.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let flow = flows.of_id(call.param("flow")).ok_or(NO_SUCH_FLOW)?;
    if flow.is_built_in() {
        return Err(AdminError::BadRequest("Can't delete built in flow".into()));
    }
    let alias = flow.alias().to_owned();
    let kept = &call.realm()?.realm.settings.kept;
    if BINDINGS
        .iter()
        .any(|binding| kept.get(*binding).and_then(Value::as_str) == Some(&alias))
    {
        return Err(AdminError::BadRequest("Can't delete a flow that the realm uses".into()));
    }
    flows.remove(&mut *tx, &alias).await?;
    let done = Done::new(Operation::Delete, "AUTH_FLOW", call.resource_path());
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::no_content())
}

/// `POST …/authentication/flows/{flow}/copy`, by alias: with the flows below it and their configurations, whose names
/// begin with the new one's.
pub(super) async fn copy(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("Map", &["newName"])?;
    let name = text(&sent, "newName");
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let taken = || AdminError::Conflict("New flow alias name already exists".into());
    if name.is_empty() || flows.named(name).is_some() {
        return Err(taken());
    }
    let original = flows.named(call.param("flow")).ok_or(NO_SUCH_FLOW)?.alias().to_owned();
    let renamed = |alias: &str| {
        if alias == original {
            name.to_owned()
        } else {
            format!("{name} {alias}")
        }
    };
    let id = new_id();
    for alias in flows.below(&original) {
        let Some(flow) = flows.all.iter().find(|flow| flow.alias() == alias) else {
            continue;
        };
        let mut executions = flow.executions.clone();
        for execution in &mut executions {
            execution.id = new_id();
            execution.flow_alias = execution.flow_alias.as_deref().map(renamed);
            execution.authenticator_config = copy_config(call, &mut *tx, execution, name).await?;
        }
        let mut body = flow.document.body.clone();
        set(&mut body, "builtIn", false);
        let its = if alias == original { id } else { new_id() };
        names::check("Flow alias", &renamed(&alias))?;
        let inserted = flows.insert(&mut *tx, (its, &renamed(&alias)), body, &executions).await;
        inserted.map_err(|fault| exists(fault, taken()))?;
    }
    let done = Done::new(
        Operation::Create,
        "AUTH_FLOW",
        format!("authentication/flows/{original}/copy/{id}"),
    );
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::created(&call.url(&id.to_string())))
}

/// A copy of the configuration that an execution has. Its secrets are left out: they are sealed to the original.
async fn copy_config(
    call: &AdminCall,
    tx: &mut dyn Tx,
    execution: &Execution,
    prefix: &str,
) -> Result<Option<String>, AdminError> {
    let kind = DocumentKind::AuthenticatorConfig;
    let realm = call.realm_id()?;
    let Some(name) = &execution.authenticator_config else {
        return Ok(None);
    };
    let Some(original) = tx.document_by_name(realm, kind, name).await? else {
        return Ok(None);
    };
    let alias = format!("{prefix} {}", text(&original.body, "alias"));
    let mut body = original.body;
    super::config::forget_secrets(&mut body);
    super::config::insert(call, tx, &alias, body)
        .await
        .map(|document: Document| Some(document.name))
}

pub(super) fn new_id() -> DocumentId {
    DocumentId(entropy::uuid(&mut SystemEntropy))
}

/// What a flow has that was not sent.
pub(super) fn complete(body: &mut Value) {
    for (member, usual) in [
        ("providerId", json!("basic-flow")),
        ("topLevel", json!(false)),
        ("builtIn", json!(false)),
    ] {
        if body.get(member).is_none_or(Value::is_null) {
            set(body, member, usual);
        }
    }
}

pub(super) fn exists(fault: Fault, taken: AdminError) -> AdminError {
    match fault {
        Fault::Exists(_) => taken,
        fault => fault.into(),
    }
}
