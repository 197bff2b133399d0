//! Seeing mappings.

use std::collections::BTreeMap;

use keyward_domain::role::Role;
use serde::Serialize;

use super::owner::Owner;
use super::sent::container;
use crate::admin::keycloak::role::{RoleView, brief_list};
use crate::admin::rest::{AdminCall, AdminError, Answer};
use crate::admin::roles::grantable;

/// All mappings of an owner (Keycloak's `MappingsRepresentation`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MappingsView {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    realm_mappings: Vec<RoleView>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    client_mappings: BTreeMap<String, ClientMappingsView>,
}

#[derive(Serialize)]
struct ClientMappingsView {
    id: String,
    client: String,
    mappings: Vec<RoleView>,
}

/// `GET …/role-mappings` and `…/scope-mappings`.
pub(super) async fn all(call: &AdminCall) -> Result<Answer, AdminError> {
    let owner = Owner::find(call).await?;
    let direct = owner.mappings(call).await?.direct;
    let book = &call.realm()?.roles;
    let held: Vec<&Role> = direct.iter().filter_map(|&id| book.role(id)).collect();
    let mut client_mappings = BTreeMap::new();
    for client in held.iter().filter_map(|role| role.client) {
        let Some(client_id) = book.client_id(client) else {
            continue;
        };
        let of_client = held.iter().copied().filter(|role| role.client == Some(client));
        let view = ClientMappingsView {
            id: client.to_string(),
            client: client_id.to_owned(),
            mappings: brief_list(of_client, book),
        };
        client_mappings.insert(client_id.to_owned(), view);
    }
    Ok(Answer::json(&MappingsView {
        realm_mappings: brief_list(held.iter().copied().filter(|role| role.client.is_none()), book),
        client_mappings,
    }))
}

/// `GET …/realm` and `…/clients/{container}`: those given themselves.
pub(super) async fn direct(call: &AdminCall) -> Result<Answer, AdminError> {
    let of = container(call)?;
    let direct = Owner::find(call).await?.mappings(call).await?.direct;
    let book = &call.realm()?.roles;
    let roles = direct.iter().filter_map(|&id| book.role(id));
    Ok(Answer::json(&brief_list(roles.filter(|role| role.client == of), book)))
}

/// `GET …/available`: those that could be given, by this caller.
pub(super) async fn available(call: &AdminCall) -> Result<Answer, AdminError> {
    let of = container(call)?;
    let owner = Owner::find(call).await?;
    let direct = owner.mappings(call).await?.direct;
    let book = &call.realm()?.roles;
    let free = book
        .roles()
        .filter(|role| role.client == of && !direct.contains(&role.id))
        .filter(|role| !owner.holds() || grantable(call, role.id).is_ok());
    Ok(Answer::json(&brief_list(free, book)))
}

/// `GET …/composite`: those that follow, through composites and groups.
pub(super) async fn effective(call: &AdminCall) -> Result<Answer, AdminError> {
    let of = container(call)?;
    let effective = Owner::find(call).await?.mappings(call).await?.effective;
    let book = &call.realm()?.roles;
    let roles = effective
        .iter()
        .filter_map(|&id| book.role(id))
        .filter(|role| role.client == of);
    if call.query.flag("briefRepresentation") == Some(false) {
        let views: Vec<RoleView> = roles.map(|role| RoleView::full(role, book)).collect();
        return Ok(Answer::json(&views));
    }
    Ok(Answer::json(&brief_list(roles, book)))
}
