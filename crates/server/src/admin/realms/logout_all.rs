//! Ending every login of a realm.

use super::current;
use crate::admin::clients::nodes;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::grants;

/// `POST …/logout-all`: sessions, refresh tokens and access tokens, on every node at once. As in Keycloak, whatever was
/// issued before now is not accepted any more, offline tokens too.
pub(super) async fn logout_all(call: &AdminCall) -> Result<Answer, AdminError> {
    let now = call.cx.now;
    let mut tx = call.write().await?;
    let mut realm = current(call, &mut *tx).await?;
    tx.delete_sessions_of_realm(realm.id).await?;
    let revoked = tx.revoke_grants_of_realm(realm.id, now).await?;
    grants::tell(&mut *tx, realm.id, &revoked).await?;
    realm.not_before = now;
    tx.update_realm(&realm).await?;
    call.commit(tx, Done::new(Operation::Action, "REALM", "logout-all"))
        .await?;
    grants::note(&call.app, &revoked);
    nodes::told_no_client(call)
}

/// `POST …/push-revocation`: clients ask about tokens here, so nobody is told.
pub(super) async fn push_revocation(call: &AdminCall) -> Result<Answer, AdminError> {
    let tx = call.write().await?;
    let done = Done::new(Operation::Action, "REALM", "push-revocation").of_nothing();
    call.commit(tx, done).await?;
    nodes::told_no_client(call)
}
