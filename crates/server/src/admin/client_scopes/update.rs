//! Changing a client scope.

use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;

use super::create::taken;
use super::find::{MISSING, current, find};
use crate::admin::keycloak::client_scope::ScopeRepresentation;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `PUT /admin/realms/{realm}/client-scopes/{scope}`. A new name stands at once wherever the old one stood.
pub(super) async fn update(call: &AdminCall) -> Result<Answer, AdminError> {
    let scope = find(call, "scope", MISSING)?;
    let sent: ScopeRepresentation = call.representation()?;
    let mut tx = call.write().await?;
    let old = current(&mut *tx, scope).await?;
    let new = sent.change(&old)?;
    tx.update_scope(&new).await.map_err(|fault| taken(fault, &new.name))?;
    if new.name != old.name {
        rename(&mut *tx, &call.realm()?.realm, &old.name, Some(&new.name)).await?;
    }
    let done = Done::new(Operation::Update, "CLIENT_SCOPE", call.resource_path());
    call.commit(tx, done).await?;
    Ok(Answer::no_content())
}

/// Gives a scope a new name in the lists of clients and of the realm, or none.
pub(super) async fn rename(tx: &mut dyn Tx, realm: &Realm, old: &str, new: Option<&str>) -> Result<(), AdminError> {
    for mut client in tx.clients(realm.id).await? {
        let in_default = renamed(&mut client.settings.default_scopes, old, new);
        let in_optional = renamed(&mut client.settings.optional_scopes, old, new);
        if in_default || in_optional {
            tx.update_client(&client).await?;
        }
    }
    let Some(mut realm) = tx.realm_by_name(&realm.name).await? else {
        return Ok(());
    };
    let in_default = renamed(&mut realm.settings.default_scopes, old, new);
    let in_optional = renamed(&mut realm.settings.optional_scopes, old, new);
    if in_default || in_optional {
        tx.update_realm(&realm).await?;
    }
    Ok(())
}

/// Whether the name stood there.
fn renamed(names: &mut Vec<String>, old: &str, new: Option<&str>) -> bool {
    let Some(place) = names.iter().position(|name| name == old) else {
        return false;
    };
    match (new, names.get_mut(place)) {
        (Some(new), Some(name)) => new.clone_into(name),
        _ => {
            names.remove(place);
        }
    }
    true
}
