//! One step of a flow, by its id.

use keyward_domain::document::DocumentKind;
use serde_json::{Value, json};

use super::executions::{NO_SUCH_EXECUTION, known_provider, requirement_of};
use super::flow::{Execution, Flows};
use super::flows::new_id;
use super::priority::{Move, swapped};
use crate::admin::documents::{set, text};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const MEMBERS: [&str; 9] = [
    "id",
    "authenticatorConfig",
    "authenticator",
    "authenticatorFlow",
    "autheticatorFlow",
    "requirement",
    "priority",
    "flowId",
    "parentFlow",
];

/// `GET …/authentication/executions/{execution}`.
pub(super) async fn read(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let (flow, step) = flows.execution(call.param("execution")).ok_or(NO_SUCH_EXECUTION)?;
    let parent = flow.document.id;
    let is_flow = step.flow_alias.is_some();
    let mut view = json!({
        "id": step.id,
        "parentFlow": parent,
        "requirement": step.requirement,
        "priority": step.priority,
        "authenticatorFlow": is_flow,
        "autheticatorFlow": is_flow,
    });
    if let Some(provider) = &step.authenticator {
        set(&mut view, "authenticator", provider.as_str());
    }
    if let Some(below) = step.flow_alias.as_deref().and_then(|alias| flows.named(alias)) {
        set(&mut view, "flowId", below.document.id.to_string());
    }
    if let Some(name) = &step.authenticator_config {
        let kind = DocumentKind::AuthenticatorConfig;
        if let Some(config) = tx.document_by_name(call.realm_id()?, kind, name).await? {
            set(&mut view, "authenticatorConfig", config.id.to_string());
        }
    }
    Ok(Answer::json(&view))
}

/// `POST …/authentication/executions`: a step of the flow `parentFlow`, which is the id of one.
pub(super) async fn create(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("AuthenticationExecutionRepresentation", &MEMBERS)?;
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let below = flows.of_id(text(&sent, "flowId")).map(|flow| flow.alias().to_owned());
    let missing = AdminError::BadRequest("Parent flow doesn't exist".into());
    let flow = flows.of_id(text(&sent, "parentFlow")).ok_or(missing)?;
    if flow.is_built_in() {
        return Err(AdminError::BadRequest(
            "It is illegal to add execution to a built in flow".into(),
        ));
    }
    let authenticator = match (text(&sent, "authenticator"), &below) {
        ("", Some(_)) => None,
        (id, _) => Some(known_provider(flow, id)?),
    };
    let step = Execution {
        id: new_id(),
        authenticator,
        authenticator_config: None,
        flow_alias: below,
        requirement: requirement_of(sent.get("requirement").and_then(Value::as_str).unwrap_or("DISABLED"))?,
        priority: sent
            .get("priority")
            .and_then(Value::as_i64)
            .unwrap_or_else(|| flow.next_priority()),
        user_setup_allowed: false,
    };
    let id = step.id.to_string();
    flow.executions.push(step);
    flow.save(&mut *tx).await?;
    let done = Done::new(
        Operation::Create,
        "AUTH_EXECUTION",
        format!("{}/{id}", call.resource_path()),
    );
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::created(&call.url(&id)))
}

/// `DELETE …/authentication/executions/{execution}`: with the flow that it leads to.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let (flow, step) = flows.execution(call.param("execution")).ok_or(NO_SUCH_EXECUTION)?;
    if flow.is_built_in() {
        return Err(AdminError::BadRequest(
            "It is illegal to remove execution from a built in flow".into(),
        ));
    }
    flow.executions.retain(|other| other.id != step.id);
    flow.save(&mut *tx).await?;
    if let Some(below) = &step.flow_alias
        && flows
            .named(below)
            .is_some_and(|below| !below.is_top_level() && !below.is_built_in())
    {
        flows.remove(&mut *tx, below).await?;
    }
    if let Some(name) = &step.authenticator_config {
        let kind = DocumentKind::AuthenticatorConfig;
        if let Some(config) = tx.document_by_name(call.realm_id()?, kind, name).await? {
            tx.delete_document(config.realm, kind, config.id).await?;
        }
    }
    let done = Done::new(Operation::Delete, "AUTH_EXECUTION", call.resource_path());
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::no_content())
}

/// `POST …/executions/{execution}/raise-priority`.
pub(super) async fn raise(call: &AdminCall) -> Result<Answer, AdminError> {
    shift(call, Move::Up).await
}

/// `POST …/executions/{execution}/lower-priority`.
pub(super) async fn lower(call: &AdminCall) -> Result<Answer, AdminError> {
    shift(call, Move::Down).await
}

async fn shift(call: &AdminCall, to: Move) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let (flow, step) = flows.execution(call.param("execution")).ok_or(NO_SUCH_EXECUTION)?;
    if flow.is_built_in() {
        return Err(AdminError::BadRequest(
            "It is illegal to modify execution in a built in flow".into(),
        ));
    }
    let place = flow
        .executions
        .iter()
        .position(|other| other.id == step.id)
        .unwrap_or(0);
    if let Some((one, other)) = swapped(place, flow.executions.len(), to) {
        // Priorities may be alike in a file: the places count.
        flow.executions.swap(one, other);
        let mut priorities: Vec<i64> = flow.executions.iter().map(|step| step.priority).collect();
        priorities.sort_unstable();
        let mut last = i64::MIN;
        for (step, priority) in flow.executions.iter_mut().zip(priorities) {
            step.priority = priority.max(last.saturating_add(1));
            last = step.priority;
        }
        flow.save(&mut *tx).await?;
    }
    let done = Done::new(Operation::Update, "AUTH_EXECUTION", call.resource_path());
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::no_content())
}
