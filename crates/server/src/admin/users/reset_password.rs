//! `PUT users/{user}/reset-password`.

use keyward_domain::secret::Secret;
use serde::de::IgnoredAny;

use super::find::{find, find_to_change};
use super::new_password::PasswordKind;
use super::sent_credentials::hash;
use super::{privilege, set_password};
use crate::admin::keycloak::credential;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};
use crate::grants;

/// Gives a user another password. Their sessions end, which in Keycloak they do not: whoever knew the one before must
/// not stay.
pub(super) async fn reset_password(call: &AdminCall) -> Result<Answer, AdminError> {
    let (password, kind) = sent(call)?;
    let mut tx = call.read().await?;
    let user = find(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    drop(tx);
    let person = (user.username.as_str(), user.profile.email.as_deref());
    let password = hash(call, password, kind, person).await?;

    let mut tx = call.write().await?;
    let mut user = find_to_change(call, &mut *tx).await?;
    privilege::require_not_above(call, &mut *tx, &user).await?;
    let (_, revoked) = set_password::replace(&mut *tx, &mut user, &password, call.cx.now).await?;
    tx.update_user(&user).await?;
    let done = Done::new(Operation::Action, "USER", format!("users/{}/reset-password", user.id));
    call.commit(tx, done.of_user(&user)).await?;
    grants::note(&call.app, &revoked);
    Ok(Answer::no_content())
}

fn sent(call: &AdminCall) -> Result<(Secret, PasswordKind), AdminError> {
    let sent = match call.json::<Option<IgnoredAny>>()? {
        None => None,
        Some(_) => Some(credential::read(call.raw_body())?),
    };
    let temporary = sent.as_ref().and_then(|sent| sent.temporary) == Some(true);
    let Some(value) = sent.and_then(|sent| sent.value) else {
        return Err(AdminError::BadRequest("No password provided".into()));
    };
    if value.trim().is_empty() {
        return Err(AdminError::BadRequest("Empty password not allowed".into()));
    }
    let kind = if temporary {
        PasswordKind::Temporary
    } else {
        PasswordKind::Permanent
    };
    Ok((Secret::new(value), kind))
}
