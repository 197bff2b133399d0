//! The flows and required actions that a new realm has, as Keycloak 26.7 makes them. `built_in.json` holds them.

use std::sync::LazyLock;

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::entropy;
use keyward_domain::id::DocumentId;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::flow::Execution;
use crate::admin::realms::rows::RealmRows;
use crate::http::entropy::SystemEntropy;

/// What the file holds.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BuiltIn {
    flows: Vec<Flow>,
    configs: Vec<Config>,
    required_actions: Vec<RequiredAction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flow {
    alias: String,
    description: Option<String>,
    provider_id: String,
    top_level: bool,
    executions: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    authenticator: Option<String>,
    flow: Option<String>,
    config: Option<String>,
    requirement: String,
    priority: i64,
}

#[derive(Deserialize)]
struct Config {
    alias: String,
    config: Map<String, Value>,
}

/// A required action that Keycloak has a provider for.
#[derive(Deserialize)]
pub(super) struct RequiredAction {
    pub(super) id: String,
    pub(super) name: String,
    enabled: bool,
    priority: i64,
    /// The names of what can be configured.
    pub(super) settings: Vec<String>,
}

static BUILT_IN: LazyLock<BuiltIn> =
    LazyLock::new(|| serde_json::from_str(include_str!("built_in.json")).unwrap_or_default());

/// Every required action that Keycloak has a provider for.
pub(super) fn required_actions() -> &'static [RequiredAction] {
    &BUILT_IN.required_actions
}

/// Adds them to a realm to be, sort by sort, where it has none of that sort.
pub(crate) fn add(rows: &mut RealmRows) {
    let has = |kind| rows.documents.iter().any(|document| document.kind == kind);
    let mut made = Vec::new();
    if !has(DocumentKind::AuthenticationFlow) {
        made.extend(BUILT_IN.flows.iter().map(flow));
        if !has(DocumentKind::AuthenticatorConfig) {
            made.extend(BUILT_IN.configs.iter().map(config));
        }
    }
    if !has(DocumentKind::RequiredAction) {
        made.extend(BUILT_IN.required_actions.iter().map(required_action));
    }
    let realm = rows.realm.id;
    rows.documents
        .extend(made.into_iter().map(|(id, kind, name, body)| Document {
            id,
            realm,
            kind,
            name,
            body,
        }));
}

type Row = (DocumentId, DocumentKind, String, Value);

fn new_id() -> DocumentId {
    DocumentId(entropy::uuid(&mut SystemEntropy))
}

fn flow(flow: &Flow) -> Row {
    let id = new_id();
    let executions = flow.executions.iter().map(|step| Execution {
        id: new_id(),
        authenticator: step.authenticator.clone(),
        authenticator_config: step.config.clone(),
        flow_alias: step.flow.clone(),
        requirement: step.requirement.clone(),
        priority: step.priority,
        user_setup_allowed: false,
    });
    let mut body = json!({
        "id": id,
        "alias": flow.alias,
        "providerId": flow.provider_id,
        "topLevel": flow.top_level,
        "builtIn": true,
        "authenticationExecutions": executions.map(|execution| execution.stored()).collect::<Vec<_>>(),
    });
    if let Some(description) = &flow.description {
        crate::admin::documents::set(&mut body, "description", description.as_str());
    }
    (id, DocumentKind::AuthenticationFlow, flow.alias.clone(), body)
}

fn config(config: &Config) -> Row {
    let id = new_id();
    let body = json!({ "id": id, "alias": config.alias, "config": config.config });
    (id, DocumentKind::AuthenticatorConfig, config.alias.clone(), body)
}

fn required_action(action: &RequiredAction) -> Row {
    let body = json!({
        "alias": action.id,
        "name": action.name,
        "providerId": action.id,
        "enabled": action.enabled,
        "defaultAction": false,
        "priority": action.priority,
        "config": {},
    });
    (new_id(), DocumentKind::RequiredAction, action.id.clone(), body)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::BUILT_IN;

    #[test]
    fn the_file_is_whole() {
        let flows: HashSet<_> = BUILT_IN.flows.iter().map(|flow| flow.alias.as_str()).collect();
        assert_eq!((flows.len(), BUILT_IN.required_actions.len()), (21, 14));
        let configs: HashSet<_> = BUILT_IN.configs.iter().map(|config| config.alias.as_str()).collect();
        for step in BUILT_IN.flows.iter().flat_map(|flow| &flow.executions) {
            assert!(step.flow.as_deref().is_none_or(|alias| flows.contains(alias)));
            assert!(step.config.as_deref().is_none_or(|alias| configs.contains(alias)));
            assert!(step.flow.is_some() || step.authenticator.is_some());
        }
    }
}
