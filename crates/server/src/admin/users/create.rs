//! Creating a user with a password.

use keyward_domain::credential::Credential;
use keyward_domain::event::What;
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Entropy as _, Fault, Timestamp, entropy};
use keyward_jose::password;

use crate::admin::note;
use crate::http::entropy::SystemEntropy;

/// A user to be, with the password already hashed: that takes a while and happens outside a transaction.
pub struct NewUser {
    username: String,
    profile: Profile,
    phc: String,
}

/// Hashes the password, on a thread of its own.
pub async fn prepare(username: &str, profile: Profile, password: &Secret) -> Result<NewUser, Fault> {
    let mut salt = [0; 16];
    SystemEntropy.fill(&mut salt);
    let password = password.clone();
    let hashed = tokio::task::spawn_blocking(move || password::hash(password.expose(), &salt));
    let phc = hashed
        .await
        .map_err(|error| Fault::Crypto(error.to_string()))?
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(NewUser {
        username: username.to_lowercase(),
        profile,
        phc,
    })
}

/// Writes the user. `Fault::Exists` when the user name is taken.
pub async fn create(
    tx: &mut dyn Tx,
    realm: &Realm,
    new: &NewUser,
    now: Timestamp,
) -> Result<(User, Credential), Fault> {
    let user = User {
        id: UserId(entropy::uuid(&mut SystemEntropy)),
        realm: realm.id,
        username: new.username.clone(),
        enabled: true,
        service_account_of: None,
        created_at: now,
        required_actions: Vec::new(),
        profile: new.profile.clone(),
    };
    let credential = Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user: user.id,
        phc: new.phc.clone(),
        created_at: now,
    };
    tx.insert_user(&user).await?;
    tx.set_password(&credential).await?;
    let what = What::UserCreated {
        username: user.username.clone(),
        id: user.id,
    };
    note(tx, (realm.id, realm.name.as_str()), what, now).await?;
    Ok((user, credential))
}
