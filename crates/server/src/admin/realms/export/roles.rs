//! Roles, groups and scope mappings.

use std::collections::BTreeMap;

use keyward_domain::client::Client;
use keyward_domain::group::Group;
use keyward_domain::id::ClientUuid;
use keyward_domain::role::{Role, ScopeOwner};
use keyward_domain::scope::ClientScope;
use serde_json::{Map, Value, json};

use super::Context;
use crate::admin::keycloak::group::GroupView;
use crate::admin::keycloak::role::RoleView;

/// Roles of the realm, and of every client.
pub(super) fn roles(context: &Context<'_>, clients: &[Client]) -> Value {
    let of = |client: Option<ClientUuid>| {
        let mut roles: Vec<&Role> = context.book.roles().filter(|role| role.client == client).collect();
        roles.sort_by(|one, other| one.name.cmp(&other.name));
        let views = roles.into_iter().map(|role| view(context, role));
        views.collect::<Vec<Value>>()
    };
    let of_clients: BTreeMap<&str, Vec<Value>> = clients
        .iter()
        .map(|client| (client.client_id.as_str(), of(Some(client.id))))
        .collect();
    json!({ "realm": of(None), "client": of_clients })
}

fn view(context: &Context<'_>, role: &Role) -> Value {
    let mut view = RoleView::exported(role, &context.book);
    if let Some(composites) = &mut view.composites {
        composites.realm.sort();
        composites.client.values_mut().for_each(|names| names.sort());
    }
    json!(view)
}

/// The groups of the top, each with all below it.
pub(super) fn groups(context: &Context<'_>) -> Value {
    let mut top: Vec<&Group> = context
        .book
        .groups()
        .values()
        .filter(|group| group.parent.is_none())
        .collect();
    top.sort_by(|one, other| one.name.cmp(&other.name));
    let views = top.into_iter().map(|group| GroupView::exported(group, &context.book));
    json!(views.collect::<Vec<_>>())
}

/// Scope mappings: those to roles of the realm, and those to roles of clients.
pub(super) fn mappings(context: &Context<'_>, clients: &[Client], scopes: &[ClientScope]) -> Map<String, Value> {
    let clients = clients.iter().map(|client| {
        let owner = ScopeOwner::Client(client.id);
        (("client", client.client_id.as_str()), owner)
    });
    let scopes = scopes.iter().map(|scope| {
        let owner = ScopeOwner::Scope(scope.id);
        (("clientScope", scope.name.as_str()), owner)
    });
    let owners: BTreeMap<(&str, &str), ScopeOwner> = clients.chain(scopes).collect();
    let mut of_realm = Vec::new();
    let mut of_clients: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for ((kind, name), owner) in owners {
        let names = context.book.names(context.book.mapped(owner).iter().copied());
        if !names.realm.is_empty() {
            of_realm.push(json!({ kind: name, "roles": names.realm }));
        }
        for (client_id, roles) in names.clients {
            let mapping = json!({ kind: name, "roles": roles });
            of_clients.entry(client_id).or_default().push(mapping);
        }
    }
    [
        ("scopeMappings".to_owned(), json!(of_realm)),
        ("clientScopeMappings".to_owned(), json!(of_clients)),
    ]
    .into_iter()
    .collect()
}
