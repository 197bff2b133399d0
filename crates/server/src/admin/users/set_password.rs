//! Giving a user another password: whoever knew the one before is logged out everywhere.

use keyward_domain::credential::Credential;
use keyward_domain::event::What;
use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::realm::Realm;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp, entropy};

use super::new_password::{NewPassword, PasswordKind};
use super::{note, tell};
use crate::http::entropy::SystemEntropy;
use crate::login::complete::UPDATE_PASSWORD;
use crate::session;

/// Sets the password, ends the user's sessions with their grants (offline ones aside), and tells every node. A
/// temporary password must be changed at the next login; a permanent one ends that duty. Returns how many sessions
/// ended.
pub async fn set_password(
    tx: &mut dyn Tx,
    realm: &Realm,
    user: &User,
    password: &NewPassword,
    now: Timestamp,
) -> Result<u64, Fault> {
    let mut changed = user.clone();
    let (ended, _) = replace(tx, &mut changed, password, now).await?;
    tx.update_user(&changed).await?;
    note(tx, realm, What::PasswordChanged { user_id: user.id }, now).await?;
    tell(tx, realm, user.id, now).await?;
    Ok(ended)
}

/// Writes the password, and what it means for the user's required actions into `user`, which the caller writes. Ends
/// the user's sessions; returns how many, and the grants that went with them.
pub(super) async fn replace(
    tx: &mut dyn Tx,
    user: &mut User,
    password: &NewPassword,
    now: Timestamp,
) -> Result<(u64, Vec<Revoked>), Fault> {
    let before = tx.password(user.id).await?;
    let credential = Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user: user.id,
        phc: password.phc.clone(),
        created_at: now,
        label: before.map(|before| before.label).unwrap_or_default(),
    };
    tx.set_password(&credential).await?;
    user.required_actions.retain(|action| action != UPDATE_PASSWORD);
    if password.kind == PasswordKind::Temporary {
        user.required_actions.push(UPDATE_PASSWORD.into());
    }
    let (ended, revoked) = session::end_others(tx, user.realm, user.id, None, now).await?;
    Ok((u64::try_from(ended.len()).unwrap_or(u64::MAX), revoked))
}
