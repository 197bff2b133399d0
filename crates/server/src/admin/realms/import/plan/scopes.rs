//! Client scopes, and which of them new clients get.

use std::collections::HashSet;

use keyward_domain::id::ScopeId;

use super::{Draft, Parts};
use crate::admin::keycloak::client_scope::ScopeRepresentation;
use crate::admin::realms::import::in_words;

/// Reads them. A file without any gets Keycloak's.
pub(super) fn read(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("clientScopes");
    let mut names = HashSet::new();
    for (path, scope) in draft.reader().list::<ScopeRepresentation>(raw, "clientScopes") {
        if !mappers(draft, &path, &scope) {
            // What names it is not wrong too.
            names.extend(scope.name);
            continue;
        }
        let id = ScopeId(draft.id(("scope", &path), scope.id.as_deref()));
        match scope.row(id, draft.rows.realm.id) {
            Ok(row) if names.insert(row.name.clone()) => draft.rows.scopes.push(row),
            Ok(row) => draft.problem(format!("{path}.name"), format!("there are two scopes {:?}", row.name)),
            Err(error) => draft.problem(path, in_words(&error)),
        }
    }
    let default = list(parts, draft, "defaultDefaultClientScopes", &names);
    let optional = list(parts, draft, "defaultOptionalClientScopes", &names);
    let settings = &mut draft.rows.realm.settings;
    settings.default_scopes = default;
    settings.optional_scopes = optional;
}

/// Whether each protocol mapper can be; what cannot is told.
fn mappers(draft: &mut Draft<'_>, path: &str, scope: &ScopeRepresentation) -> bool {
    let mut all = true;
    for (place, mapper) in scope.protocol_mappers.iter().flatten().enumerate() {
        let path = format!("{path}.protocolMappers[{place}]");
        draft.reader().known(mapper, &path);
        if let Err(error) = mapper.clone().row() {
            let (name, kind) = (mapper.name.as_deref(), mapper.protocol_mapper.as_deref());
            let message = format!("{} ({})", in_words(&error), kind.unwrap_or_default());
            draft.problem(format!("{path}({})", name.unwrap_or_default()), message);
            all = false;
        }
    }
    all
}

fn list(parts: &mut Parts<'_>, draft: &mut Draft<'_>, member: &str, known: &HashSet<String>) -> Vec<String> {
    let Some(raw) = parts.take(member) else {
        return Vec::new();
    };
    let named: Vec<String> = draft.reader().value(raw, member).unwrap_or_default();
    if known.is_empty() {
        return named;
    }
    for (place, name) in named.iter().enumerate().filter(|(_, name)| !known.contains(*name)) {
        draft.problem(format!("{member}[{place}]"), format!("there is no scope {name:?}"));
    }
    named
}
