//! `users/{user}/sessions` and `users/{user}/offline-sessions/{client}`.

use keyward_domain::id::ClientUuid;

use super::find::find;
use crate::admin::rest::{AdminCall, AdminError, Answer};
use crate::admin::sessions::{of_logins, of_offline_tokens};

/// Most sessions, and most grants, of a user that are looked at.
const MOST: i64 = 1000;

/// Lists where a user is logged in.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    let sessions = tx.sessions_of_user(user.id, call.cx.now, MOST).await?;
    Ok(Answer::json(
        &of_logins(&mut *tx, call.realm()?, &sessions, call.cx.now).await?,
    ))
}

/// Lists what a client may do for a user who is not there.
pub(super) async fn offline(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    let missing = "Client not found";
    let client: ClientUuid = call.id("client", missing)?;
    let realm = call.realm()?;
    if realm.client(client).is_none() {
        return Err(AdminError::not_found(missing));
    }
    let mut grants = tx.grants_of_user(user.id, call.cx.now, MOST).await?;
    grants.retain(|grant| grant.client == client);
    Ok(Answer::json(&of_offline_tokens(&mut *tx, realm, &user, &grants).await?))
}
