//! `users/{user}/credentials`: the password and the authenticator apps of a user.

use keyward_domain::Fault;
use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
use keyward_domain::user::User;
use serde_json::Value;

use super::find::{find, find_to_change};
use super::privilege;
use crate::admin::keycloak::credential::{self, CredentialRepresentation};
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// Where the order of a user's credentials is kept, once somebody changed it.
const ORDER: &str = "credentialOrder";

/// Longest label in characters.
const LONGEST_LABEL: usize = 255;

const MISSING: &str = "Credential not found";

/// Lists them, without their secrets.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    Ok(Answer::json(&all(&mut *tx, &user).await?))
}

/// The types that come from an LDAP server: none.
pub(super) async fn types_of_storage(call: &AdminCall) -> Result<Answer, AdminError> {
    find(call, &mut *call.read().await?).await?;
    Ok(Answer::json(&[(); 0]))
}

/// Disables credentials by type. As in Keycloak, where a user says which of theirs can be disabled and local ones
/// never can, nothing changes.
pub(super) async fn disable_types(call: &AdminCall) -> Result<Answer, AdminError> {
    call.json::<Option<Vec<String>>>()?;
    find(call, &mut *call.read().await?).await?;
    Ok(Answer::no_content())
}

/// Removes one.
pub(super) async fn remove(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    let id: CredentialId = call.id("credential", MISSING)?;
    if !tx.delete_password(user.id, id).await? && !tx.delete_otp(user.id, id).await? {
        return Err(AdminError::not_found(MISSING));
    }
    let path = format!("users/{}/credentials/{id}", user.id);
    call.commit(tx, Done::new(Operation::Action, "USER", path).of_user(&user))
        .await?;
    Ok(Answer::no_content())
}

/// Names one.
pub(super) async fn label(call: &AdminCall) -> Result<Answer, AdminError> {
    let label = call.text()?.trim();
    let mut tx = call.write().await?;
    let user = find(call, &mut *tx).await?;
    let id: CredentialId = call.id("credential", MISSING)?;
    if !all(&mut *tx, &user).await?.iter().any(|known| is(known, id)) {
        return Err(AdminError::not_found(MISSING));
    }
    if label.is_empty() {
        return Err(AdminError::InvalidInput(
            "missingCredentialLabel",
            "Credential label must not be empty".into(),
        ));
    }
    let label: String = label.chars().take(LONGEST_LABEL).collect();
    tx.label_credential(user.id, id, &label).await?;
    let path = format!("users/{}/credentials/{id}/userLabel", user.id);
    call.commit(tx, Done::new(Operation::Update, "USER", path).of_nothing())
        .await?;
    Ok(Answer::no_content())
}

/// Moves one to the beginning.
pub(super) async fn move_to_first(call: &AdminCall) -> Result<Answer, AdminError> {
    reorder(call, None, "moveToFirst".into()).await
}

/// Moves one behind another; as in Keycloak, behind one that is not there it stays where it is.
pub(super) async fn move_after(call: &AdminCall) -> Result<Answer, AdminError> {
    let after = call.param("after");
    reorder(call, Some(after), format!("moveAfter/{after}")).await
}

async fn reorder(call: &AdminCall, after: Option<&str>, verb: String) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    let mut user = find_to_change(call, &mut *tx).await?;
    let id: CredentialId = call.id("credential", MISSING)?;
    let known = all(&mut *tx, &user).await?;
    let mut order: Vec<String> = known.into_iter().filter_map(|credential| credential.id).collect();
    let moved = id.to_string();
    let Some(from) = order.iter().position(|id| *id == moved) else {
        return Err(AdminError::not_found(MISSING));
    };
    order.remove(from);
    let to = match after {
        None => 0,
        Some(after) => order.iter().position(|id| id == after).map_or(from, |place| place + 1),
    };
    order.insert(to, moved);
    user.profile.kept.insert(ORDER.into(), order.into());
    tx.update_user(&user).await?;
    let path = format!("users/{}/credentials/{id}/{verb}", user.id);
    call.commit(tx, Done::new(Operation::Action, "USER", path).of_user(&user))
        .await?;
    Ok(Answer::no_content())
}

/// Everything that a user proves themselves with, in the order that somebody gave it, else by age.
async fn all(tx: &mut dyn Tx, user: &User) -> Result<Vec<CredentialRepresentation>, Fault> {
    // Of those that are equally old the password comes first.
    let mut all: Vec<CredentialRepresentation> = Vec::new();
    if let Some(password) = tx.password(user.id).await? {
        all.push(credential::of_password(&password)?);
    }
    all.extend(tx.otps(user.id).await?.iter().map(credential::of_otp));
    let order = user.profile.kept.get(ORDER).and_then(Value::as_array);
    let place = |credential: &CredentialRepresentation| {
        let given = order.and_then(|order| order.iter().position(|id| id.as_str() == credential.id.as_deref()));
        (given.unwrap_or(usize::MAX), credential.created_date)
    };
    all.sort_by_key(place);
    Ok(all)
}

fn is(credential: &CredentialRepresentation, id: CredentialId) -> bool {
    credential.id.as_deref() == Some(id.to_string().as_str())
}
