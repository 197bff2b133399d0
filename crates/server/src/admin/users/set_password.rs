//! Giving a user another password: whoever knew the one before is logged out everywhere.

use keyward_domain::credential::Credential;
use keyward_domain::event::What;
use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
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
    let credential = Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user: user.id,
        phc: password.phc.clone(),
        created_at: now,
    };
    tx.set_password(&credential).await?;
    let mut changed = user.clone();
    changed.required_actions.retain(|action| action != UPDATE_PASSWORD);
    if password.kind == PasswordKind::Temporary {
        changed.required_actions.push(UPDATE_PASSWORD.into());
    }
    tx.update_user(&changed).await?;
    let (ended, _) = session::end_others(tx, realm.id, user.id, None, now).await?;
    note(tx, realm, What::PasswordChanged { user_id: user.id }, now).await?;
    tell(tx, realm, user.id, now).await?;
    Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
}
