//! Roles of the realm and of its clients, and what they contain.

use keyward_domain::id::{ClientUuid, RoleId};
use keyward_domain::role::Role;

use super::{Draft, Parts};
use crate::admin::keycloak::role::{Composites, RoleRepresentation};
use crate::admin::names;

/// Roles that a role contains, by name.
pub(super) struct Wanted {
    path: String,
    composite: RoleId,
    contained: Composites,
}

/// Reads them. What they contain is read when the built-in ones are known too.
pub(super) fn read(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("roles");
    let members = draft.reader().members(raw, "roles");
    for name in members
        .keys()
        .filter(|name| !matches!(name.as_str(), "realm" | "client" | "application"))
    {
        draft.problem(format!("roles.{name}"), "is no member of a RolesRepresentation");
    }
    for (path, role) in draft.reader().list(members.get("realm").copied(), "roles.realm") {
        add(draft, None, (path, role));
    }
    let clients = draft.reader().members(members.get("client").copied(), "roles.client");
    for (client_id, raw) in clients {
        let path = format!("roles.client.{client_id}");
        let roles = draft.reader().list(Some(raw), &path);
        match draft.clients.get(&client_id).copied() {
            Some(client) => roles.into_iter().for_each(|role| add(draft, Some(client), role)),
            // An empty list names a client that is gone.
            None if roles.is_empty() => {}
            None => draft.problem(path, format!("there is no client {client_id:?}")),
        }
    }
    default_role(parts, draft);
}

/// Reads one.
pub(super) fn add(draft: &mut Draft<'_>, client: Option<ClientUuid>, (path, role): (String, RoleRepresentation)) {
    let name = role.name.unwrap_or_default();
    if name.is_empty() {
        return draft.problem(format!("{path}.name"), "a role must have a name");
    }
    if !names::fits(&name) {
        return draft.problem(format!("{path}.name"), names::too_long("Role name"));
    }
    if draft.roles.contains_key(&(client, name.clone())) {
        return draft.problem(format!("{path}.name"), format!("there are two roles {name:?}"));
    }
    let id = RoleId(draft.id(("role", &path), role.id.as_deref()));
    draft.roles.insert((client, name.clone()), id);
    draft.rows.roles.push(Role {
        id,
        realm: draft.rows.realm.id,
        client,
        name,
        description: role.description.unwrap_or_default(),
        attributes: role.attributes.unwrap_or_default(),
    });
    if let Some(contained) = role.composites {
        draft.composites.push(Wanted {
            path,
            composite: id,
            contained,
        });
    }
}

/// The role that every user holds: one of the realm's, or one that is described beside them.
fn default_role(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let Some(raw) = parts.take("defaultRole") else {
        return;
    };
    let role: Option<RoleRepresentation> = draft.reader().representation(raw, "defaultRole");
    let Some(role) = role else {
        return;
    };
    let name = role.name.clone().unwrap_or_default();
    if !draft.roles.contains_key(&(None, name.clone())) {
        add(draft, None, ("defaultRole".into(), role));
    }
    draft.rows.realm.settings.default_role = draft.roles.get(&(None, name)).copied();
}

/// Reads what composite roles contain, once every role is known.
pub(super) fn read_composites(draft: &mut Draft<'_>) {
    for wanted in std::mem::take(&mut draft.composites) {
        let path = format!("{}.composites", wanted.path);
        for contained in contained(draft, &wanted.contained, &path) {
            let pair = (wanted.composite, contained);
            if !draft.rows.composites.contains(&pair) {
                draft.rows.composites.push(pair);
            }
        }
    }
}

/// Roles that another contains. Unlike those that somebody holds, they must be described: Keycloak refuses them too.
fn contained(draft: &mut Draft<'_>, named: &Composites, path: &str) -> Vec<RoleId> {
    let mut found = Vec::new();
    for (place, name) in named.realm.iter().enumerate() {
        match draft.roles.get(&(None, name.clone())) {
            Some(role) => found.push(*role),
            None => draft.problem(
                format!("{path}.realm[{place}]"),
                format!("there is no role {name:?} in the realm"),
            ),
        }
    }
    for (client_id, names) in &named.client {
        for (place, name) in names.iter().enumerate() {
            let path = format!("{path}.client.{client_id}[{place}]");
            let Some(client) = draft.client(client_id, &path) else {
                continue;
            };
            match draft.roles.get(&(Some(client), name.clone())) {
                Some(role) => found.push(*role),
                None => draft.problem(path, format!("there is no role {name:?} of the client {client_id:?}")),
            }
        }
    }
    found
}
