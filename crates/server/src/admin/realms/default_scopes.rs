//! The client scopes that a new client of the realm gets, without asking or for the asking.

use keyward_domain::scope::ClientScope;
use serde_json::{Value, json};

use super::current;
use crate::admin::client_scopes;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// What Keycloak says of a scope that is not there.
const MISSING: &str = "Client scope not found";

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Default,
    Optional,
}

/// `GET …/default-default-client-scopes`.
pub(super) async fn default(call: &AdminCall) -> Result<Answer, AdminError> {
    show(call, List::Default)
}

/// `GET …/default-optional-client-scopes`.
pub(super) async fn optional(call: &AdminCall) -> Result<Answer, AdminError> {
    show(call, List::Optional)
}

/// `PUT …/default-default-client-scopes/{scope}`.
pub(super) async fn add_default(call: &AdminCall) -> Result<Answer, AdminError> {
    add(call, List::Default).await
}

/// `PUT …/default-optional-client-scopes/{scope}`.
pub(super) async fn add_optional(call: &AdminCall) -> Result<Answer, AdminError> {
    add(call, List::Optional).await
}

/// `DELETE …/default-default-client-scopes/{scope}`.
pub(super) async fn remove_default(call: &AdminCall) -> Result<Answer, AdminError> {
    remove(call, List::Default).await
}

/// `DELETE …/default-optional-client-scopes/{scope}`.
pub(super) async fn remove_optional(call: &AdminCall) -> Result<Answer, AdminError> {
    remove(call, List::Optional).await
}

fn show(call: &AdminCall, list: List) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let settings = &realm.realm.settings;
    let names = match list {
        List::Default => &settings.default_scopes,
        List::Optional => &settings.optional_scopes,
    };
    let named = names.iter().filter_map(|name| realm.scopes.get(name));
    let shown: Vec<Value> = named.map(|entry| view(&entry.scope)).collect();
    Ok(Answer::json(&shown))
}

fn view(scope: &ClientScope) -> Value {
    json!({ "id": scope.id, "name": scope.name, "protocol": scope.settings.protocol })
}

async fn add(call: &AdminCall, list: List) -> Result<Answer, AdminError> {
    let scope = client_scopes::find(call, "scope", MISSING)?;
    let mut tx = call.write().await?;
    let mut realm = current(call, &mut *tx).await?;
    let settings = &mut realm.settings;
    if settings.default_scopes.contains(&scope.name) || settings.optional_scopes.contains(&scope.name) {
        return Err(AdminError::Duplicate);
    }
    match list {
        List::Default => settings.default_scopes.push(scope.name.clone()),
        List::Optional => settings.optional_scopes.push(scope.name.clone()),
    }
    tx.update_realm(&realm).await?;
    call.commit(tx, done(Operation::Create, list, scope)).await?;
    Ok(Answer::no_content())
}

async fn remove(call: &AdminCall, list: List) -> Result<Answer, AdminError> {
    let scope = client_scopes::find(call, "scope", MISSING)?;
    let mut tx = call.write().await?;
    let mut realm = current(call, &mut *tx).await?;
    let names = match list {
        List::Default => &mut realm.settings.default_scopes,
        List::Optional => &mut realm.settings.optional_scopes,
    };
    names.retain(|name| *name != scope.name);
    tx.update_realm(&realm).await?;
    call.commit(tx, done(Operation::Delete, list, scope)).await?;
    Ok(Answer::no_content())
}

fn done(operation: Operation, list: List, scope: &ClientScope) -> Done {
    let list = match list {
        List::Default => "default-default-client-scopes",
        List::Optional => "default-optional-client-scopes",
    };
    Done::new(operation, "CLIENT_SCOPE", format!("{list}/{}", scope.id))
}
