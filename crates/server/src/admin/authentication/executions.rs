//! The steps of a flow, those of the flows below it among them.

use keyward_domain::document::{Document, DocumentKind};
use serde_json::{Value, json};

use super::flow::{Execution, Flow, Flows};
use super::flows::{NO_SUCH_FLOW, complete, exists, new_id};
use super::providers;
use crate::admin::documents::{set, text};
use crate::admin::names;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

const MEMBERS: [&str; 14] = [
    "id",
    "requirement",
    "displayName",
    "alias",
    "description",
    "requirementChoices",
    "configurable",
    "authenticationFlow",
    "providerId",
    "authenticationConfig",
    "flowId",
    "level",
    "index",
    "priority",
];

/// How deep flows lie in one another at most: a file may hold a circle.
const DEEPEST: usize = 16;

/// Most steps that are shown.
const MOST: usize = 10_000;

pub(super) const NO_SUCH_EXECUTION: AdminError = AdminError::not_found("Illegal execution");

/// `GET …/flows/{flow}/executions`, by alias: each followed by what is below it.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let configs = tx
        .documents(call.realm_id()?, DocumentKind::AuthenticatorConfig)
        .await?;
    let alias = flows.named(call.param("flow")).ok_or(NO_SUCH_FLOW)?.alias().to_owned();
    let mut shown = Vec::new();
    let listing = Listing {
        flows: &flows.all,
        configs: &configs,
    };
    listing.add(&alias, 0, &mut shown);
    Ok(Answer::json(&shown))
}

struct Listing<'a> {
    flows: &'a [Flow],
    configs: &'a [Document],
}

impl Listing<'_> {
    fn add(&self, alias: &str, level: usize, shown: &mut Vec<Value>) {
        let Some(flow) = self.flows.iter().find(|flow| flow.alias() == alias) else {
            return;
        };
        for (index, step) in flow.executions.iter().enumerate() {
            if shown.len() >= MOST {
                return;
            }
            shown.push(self.view(flow, step, (level, index)));
            if let Some(below) = step.flow_alias.as_deref().filter(|_| level < DEEPEST) {
                self.add(below, level + 1, shown);
            }
        }
    }

    fn view(&self, flow: &Flow, step: &Execution, (level, index): (usize, usize)) -> Value {
        let mut view = json!({
            "id": step.id,
            "requirement": step.requirement,
            "level": level,
            "index": index,
            "priority": step.priority,
        });
        if let Some(provider) = &step.authenticator {
            set(&mut view, "providerId", provider.as_str());
        }
        match (&step.flow_alias, &step.authenticator) {
            (Some(alias), _) => self.describe_flow(&mut view, alias),
            (None, provider) => describe_provider(&mut view, flow, provider.as_deref().unwrap_or_default()),
        }
        let its = |config: &&Document| Some(&config.name) == step.authenticator_config.as_ref();
        if let Some(config) = self.configs.iter().find(its) {
            set(&mut view, "authenticationConfig", config.id.to_string());
            set(&mut view, "alias", text(&config.body, "alias"));
        }
        view
    }

    fn describe_flow(&self, view: &mut Value, alias: &str) {
        set(view, "displayName", alias);
        set(view, "configurable", false);
        set(view, "authenticationFlow", true);
        let below = self.flows.iter().find(|flow| flow.alias() == alias);
        let choices = match below.map(Flow::sort) {
            Some("form-flow") => json!(["REQUIRED", "DISABLED"]),
            _ => json!(["REQUIRED", "ALTERNATIVE", "DISABLED", "CONDITIONAL"]),
        };
        set(view, "requirementChoices", choices);
        if let Some(flow) = below {
            set(view, "flowId", flow.document.id.to_string());
            if let Some(description) = flow.document.body.get("description") {
                set(view, "description", description.clone());
            }
        }
    }
}

fn describe_provider(view: &mut Value, flow: &Flow, id: &str) {
    let provider = providers::of_flow(flow.sort(), id);
    set(
        view,
        "displayName",
        provider.map_or(id, |provider| provider.name.as_str()),
    );
    set(
        view,
        "requirementChoices",
        json!(provider.map_or(&[][..], |provider| &provider.choices)),
    );
    set(
        view,
        "configurable",
        provider.is_some_and(providers::Provider::is_configurable),
    );
}

/// `PUT …/flows/{flow}/executions`: requirement and priority of one step.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("AuthenticationExecutionInfoRepresentation", &MEMBERS)?;
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    if flows.named(call.param("flow")).is_none() {
        return Err(AdminError::not_found("flow not found"));
    }
    let (flow, mut step) = flows.execution(text(&sent, "id")).ok_or(NO_SUCH_EXECUTION)?;
    if let Some(requirement) = sent.get("requirement").and_then(Value::as_str) {
        step.requirement = requirement_of(requirement)?;
    }
    if let Some(priority) = sent.get("priority").and_then(Value::as_i64) {
        step.priority = priority;
    }
    for old in flow.executions.iter_mut().filter(|old| old.id == step.id) {
        old.clone_from(&step);
    }
    flow.save(&mut *tx).await?;
    let done = Done::new(
        Operation::Update,
        "AUTH_EXECUTION",
        format!("{}/{}", call.resource_path(), step.id),
    );
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::no_content())
}

/// One of Keycloak's words.
pub(super) fn requirement_of(word: &str) -> Result<String, AdminError> {
    match word {
        "REQUIRED" | "ALTERNATIVE" | "DISABLED" | "CONDITIONAL" => Ok(word.to_owned()),
        _ => Err(AdminError::BadRequest(
            "requirement is none of REQUIRED, ALTERNATIVE, DISABLED, CONDITIONAL".into(),
        )),
    }
}

/// `POST …/flows/{flow}/executions/execution`: an authenticator at the end of a flow.
pub(super) async fn add(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("Map", &["provider", "priority"])?;
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let missing = AdminError::BadRequest("Parent flow doesn't exist".into());
    let flow = flows.named(call.param("flow")).ok_or(missing)?;
    if flow.is_built_in() {
        return Err(AdminError::BadRequest(
            "It is illegal to add execution to a built in flow".into(),
        ));
    }
    let provider = known_provider(flow, text(&sent, "provider"))?;
    let step = Execution {
        id: new_id(),
        authenticator: Some(provider),
        authenticator_config: None,
        flow_alias: None,
        requirement: "DISABLED".to_owned(),
        priority: priority_of(&sent, flow),
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
    Ok(Answer::created(&elsewhere(call, &format!("executions/{id}"))?))
}

/// The id of a provider that a flow may hold.
pub(super) fn known_provider(flow: &Flow, id: &str) -> Result<String, AdminError> {
    match providers::of_flow(flow.sort(), id) {
        Some(_) => Ok(id.to_owned()),
        None => Err(AdminError::BadRequest(format!(
            "No authentication provider found for id: {id}"
        ))),
    }
}

fn priority_of(sent: &Value, flow: &Flow) -> i64 {
    let asked = sent.get("priority").and_then(Value::as_i64);
    asked.unwrap_or_else(|| flow.next_priority())
}

/// `POST …/flows/{flow}/executions/flow`: a new flow, as a step at the end of another.
pub(super) async fn add_flow(call: &AdminCall) -> Result<Answer, AdminError> {
    let sent = call.known("Map", &["alias", "type", "provider", "description", "priority"])?;
    let alias = text(&sent, "alias").to_owned();
    let mut tx = call.write().await?;
    let mut flows = Flows::read(&mut *tx, call.realm_id()?).await?;
    let missing = AdminError::invalid("Parent flow doesn't exist");
    let flow = flows.named(call.param("flow")).ok_or(missing)?;
    if flow.is_built_in() {
        return Err(AdminError::BadRequest(
            "It is illegal to add sub-flow to a built in flow".into(),
        ));
    }
    let sort = text(&sent, "type");
    let step = Execution {
        id: new_id(),
        // Only a form needs somebody who shows it.
        authenticator: (sort == "form-flow").then(|| text(&sent, "provider").to_owned()),
        authenticator_config: None,
        flow_alias: Some(alias.clone()),
        requirement: "DISABLED".to_owned(),
        priority: priority_of(&sent, flow),
        user_setup_allowed: false,
    };
    flow.executions.push(step);
    flow.save(&mut *tx).await?;
    let mut body = json!({ "description": text(&sent, "description") });
    if !sort.is_empty() {
        set(&mut body, "providerId", sort);
    }
    complete(&mut body);
    let id = new_id();
    let taken = || AdminError::Conflict("New flow alias name already exists".into());
    if alias.is_empty() {
        return Err(taken());
    }
    names::check("Flow alias", &alias)?;
    let inserted = flows.insert(&mut *tx, (id, &alias), body, &[]).await;
    inserted.map_err(|fault| exists(fault, taken()))?;
    let done = Done::new(
        Operation::Create,
        "AUTH_EXECUTION_FLOW",
        format!("{}/{id}", call.resource_path()),
    );
    call.commit(tx, done.of_nothing()).await?;
    Ok(Answer::created(&elsewhere(call, &format!("flows/{id}"))?))
}

/// The URL of something below `authentication`.
fn elsewhere(call: &AdminCall, path: &str) -> Result<String, AdminError> {
    let realm = &call.realm()?.realm.name;
    Ok(format!(
        "{}/admin/realms/{realm}/authentication/{path}",
        call.app.settings.public_url
    ))
}
