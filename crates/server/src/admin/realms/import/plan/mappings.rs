//! Scope mappings: the roles that a client or a client scope lets into tokens.

use std::collections::BTreeMap;

use keyward_domain::role::{ScopeMapping, ScopeOwner};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Draft, Parts};
use crate::admin::rest::body::Representation;

/// Roles of one owner.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ScopeMappingRepresentation {
    client: Option<String>,
    client_scope: Option<String>,
    roles: Vec<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for ScopeMappingRepresentation {
    const NAME: &'static str = "ScopeMappingRepresentation";
    const KEPT: &'static [&'static str] = &["clientTemplate", "self"];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// Reads those of realm roles, and those of client roles.
pub(super) fn read(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("scopeMappings");
    for (path, mapping) in draft.reader().list(raw, "scopeMappings") {
        add(draft, None, &path, &mapping);
    }
    let raw = parts.take("clientScopeMappings");
    let of_clients: BTreeMap<_, _> = draft.reader().members(raw, "clientScopeMappings");
    for (client_id, raw) in of_clients {
        let path = format!("clientScopeMappings.{client_id}");
        for (path, mapping) in draft.reader().list(Some(raw), &path) {
            add(draft, Some(&client_id), &path, &mapping);
        }
    }
}

/// `client_id` is the client whose roles they are; none for roles of the realm.
fn add(draft: &mut Draft<'_>, client_id: Option<&str>, path: &str, mapping: &ScopeMappingRepresentation) {
    let Some(owner) = owner(draft, path, mapping) else {
        return;
    };
    for (place, name) in mapping.roles.iter().enumerate() {
        let path = format!("{path}.roles[{place}]");
        let Some(role) = draft.role(client_id, name, &path) else {
            continue;
        };
        let mapping = ScopeMapping { owner, role };
        if !draft.rows.scope_mappings.contains(&mapping) {
            draft.rows.scope_mappings.push(mapping);
        }
    }
}

fn owner(draft: &mut Draft<'_>, path: &str, mapping: &ScopeMappingRepresentation) -> Option<ScopeOwner> {
    let found = match (&mapping.client, &mapping.client_scope) {
        (Some(client), None) => draft.clients.get(client).copied().map(ScopeOwner::Client),
        (None, Some(scope)) => draft.scopes.get(scope).copied().map(ScopeOwner::Scope),
        (Some(_), Some(_)) | (None, None) => None,
    };
    if found.is_none() {
        draft.problem(path, "names no client and no client scope of the realm");
    }
    found
}
