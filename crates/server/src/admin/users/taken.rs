//! Names and mail addresses that somebody else has.

use keyward_domain::id::UserId;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::user::Profile;

use crate::admin::rest::AdminError;

/// Refuses a user name or a mail address that another user of the realm has, `own` aside. Where people log in with
/// their mail address, a name that is somebody's address is taken too.
pub(super) async fn require_free(
    tx: &mut dyn Tx,
    realm: &Realm,
    own: Option<UserId>,
    (username, profile): (&str, &Profile),
) -> Result<(), AdminError> {
    let settings = &realm.settings;
    let taken = || AdminError::Conflict("User exists with same username".into());
    let found = tx.user_by_username(realm.id, username).await?;
    if found.is_some_and(|found| Some(found.id) != own) {
        return Err(taken());
    }
    if settings.login_with_email && username.contains('@') && tx.email_is_taken(realm.id, username, own).await? {
        return Err(taken());
    }
    if let Some(email) = &profile.email
        && !settings.duplicate_emails
    {
        let named = tx.user_by_username(realm.id, email).await?;
        let is_name = settings.login_with_email && named.is_some_and(|found| Some(found.id) != own);
        if is_name || tx.email_is_taken(realm.id, email, own).await? {
            return Err(AdminError::Conflict("User exists with same email".into()));
        }
    }
    Ok(())
}
