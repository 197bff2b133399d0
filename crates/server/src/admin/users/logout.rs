//! `POST users/{user}/logout`.

use super::find::find_to_change;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::{grants, session};

/// Ends everything that a user has open, on every node at once: sessions, refresh tokens with the offline ones, access
/// tokens.
pub(super) async fn logout(call: &AdminCall) -> Result<Answer, AdminError> {
    let now = call.cx.now;
    let mut tx = call.write().await?;
    let mut user = find_to_change(call, &mut *tx).await?;
    user.not_before = now;
    tx.update_user(&user).await?;
    let (_, mut revoked) = session::end_others(&mut *tx, user.realm, user.id, None, now).await?;
    let mut rest = tx.revoke_grants_of_user(user.id, None, now).await?;
    grants::tell(&mut *tx, user.realm, &rest).await?;
    revoked.append(&mut rest);
    let done = Done::new(Operation::Action, "USER", format!("users/{}/logout", user.id));
    call.commit(tx, done.of_user(&user)).await?;
    grants::note(&call.app, &revoked);
    Ok(Answer::no_content())
}
