//! Which client scopes a client gets without asking, and which when it asks.

use keyward_domain::client::ClientSettings;
use keyward_domain::id::ScopeId;
use keyward_domain::scope::ClientScope;
use serde_json::{Value, json};

use super::{find, protect};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Need, Offered, Operation, Route, route};

pub(super) static ROUTES: [Route; 6] = [
    route!(
        GET "/admin/realms/{realm}/clients/{client}/default-client-scopes",
        Need::ViewClients,
        Offered::Full,
        list_default
    ),
    route!(
        PUT "/admin/realms/{realm}/clients/{client}/default-client-scopes/{scope}",
        Need::ManageClients,
        Offered::Full,
        add_default
    ),
    route!(
        DELETE "/admin/realms/{realm}/clients/{client}/default-client-scopes/{scope}",
        Need::ManageClients,
        Offered::Full,
        remove
    ),
    route!(
        GET "/admin/realms/{realm}/clients/{client}/optional-client-scopes",
        Need::ViewClients,
        Offered::Full,
        list_optional
    ),
    route!(
        PUT "/admin/realms/{realm}/clients/{client}/optional-client-scopes/{scope}",
        Need::ManageClients,
        Offered::Full,
        add_optional
    ),
    route!(
        DELETE "/admin/realms/{realm}/clients/{client}/optional-client-scopes/{scope}",
        Need::ManageClients,
        Offered::Full,
        remove
    ),
];

/// One of the two lists.
type List = fn(&mut ClientSettings) -> &mut Vec<String>;

async fn list_default(call: &AdminCall) -> Result<Answer, AdminError> {
    shown(call, &find::entry(call)?.client.settings.default_scopes)
}

async fn list_optional(call: &AdminCall) -> Result<Answer, AdminError> {
    shown(call, &find::entry(call)?.client.settings.optional_scopes)
}

fn shown(call: &AdminCall, names: &[String]) -> Result<Answer, AdminError> {
    let scopes = &call.realm()?.scopes;
    let shown: Vec<Value> = names
        .iter()
        .filter_map(|name| scopes.get(name))
        .map(|entry| json!({ "id": entry.scope.id, "name": entry.scope.name }))
        .collect();
    Ok(Answer::json(&shown))
}

async fn add_default(call: &AdminCall) -> Result<Answer, AdminError> {
    add(call, |settings| &mut settings.default_scopes).await
}

async fn add_optional(call: &AdminCall) -> Result<Answer, AdminError> {
    add(call, |settings| &mut settings.optional_scopes).await
}

/// A scope that the client has in either list stays where it is; one of another protocol changes nothing.
async fn add(call: &AdminCall, list: List) -> Result<Answer, AdminError> {
    protect::require_changeable(call, &find::entry(call)?.client)?;
    let scope = scope(call)?;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    let settings = &mut client.settings;
    let known = settings.default_scopes.contains(&scope.name) || settings.optional_scopes.contains(&scope.name);
    if !known && scope.settings.protocol == keyward_domain::scope::OPENID_CONNECT {
        list(settings).push(scope.name.clone());
        tx.update_client(&client).await?;
        call.commit(tx, done(call, Operation::Create)).await?;
    }
    Ok(Answer::no_content())
}

/// Both routes take it out of whichever list it is in, as in Keycloak.
async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    protect::require_changeable(call, &find::entry(call)?.client)?;
    let scope = scope(call)?;
    let mut tx = call.write().await?;
    let mut client = find::row(call, &mut *tx).await?;
    for list in [
        &mut client.settings.default_scopes,
        &mut client.settings.optional_scopes,
    ] {
        list.retain(|name| *name != scope.name);
    }
    tx.update_client(&client).await?;
    call.commit(tx, done(call, Operation::Delete)).await?;
    Ok(Answer::no_content())
}

fn scope(call: &AdminCall) -> Result<&ClientScope, AdminError> {
    const MISSING: &str = "Client scope not found";
    let id: ScopeId = call.id("scope", MISSING)?;
    let found = call.realm()?.scopes.values().find(|entry| entry.scope.id == id);
    found.map(|entry| &entry.scope).ok_or(AdminError::not_found(MISSING))
}

fn done(call: &AdminCall, operation: Operation) -> Done {
    Done::new(operation, "CLIENT_SCOPE_CLIENT_MAPPING", call.resource_path())
}
