//! Which mappers would write into tokens.

use keyward_domain::scope::ProtocolMapper;
use serde::Serialize;

use super::Evaluated;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `ProtocolMapperEvaluationRepresentation`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    mapper_id: String,
    mapper_name: &'a str,
    container_id: String,
    container_name: &'a str,
    container_type: &'static str,
    protocol_mapper: &'a str,
}

/// `GET …/evaluate-scopes/protocol-mappers`: those of the granted scopes, then the client's own.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let Evaluated { entry, granted } = Evaluated::read(call)?;
    let scopes = &call.realm()?.scopes;
    let mut shown = Vec::new();
    for scope in granted.iter().filter_map(|name| scopes.get(*name)) {
        let scope = &scope.scope;
        let container = (scope.id.to_string(), scope.name.as_str(), "client-scope");
        shown.extend(scope.settings.mappers.iter().map(|mapper| of(mapper, &container)));
    }
    let client = &entry.client;
    let container = (client.id.to_string(), client.client_id.as_str(), "client");
    shown.extend(client.settings.mappers.iter().map(|mapper| of(mapper, &container)));
    Ok(Answer::json(&shown))
}

fn of<'a>(mapper: &'a ProtocolMapper, container: &(String, &'a str, &'static str)) -> Shown<'a> {
    let (id, name, kind) = container;
    Shown {
        mapper_id: mapper.id.to_string(),
        mapper_name: &mapper.name,
        container_id: id.clone(),
        container_name: name,
        container_type: kind,
        protocol_mapper: &mapper.protocol_mapper,
    }
}
