//! Creating a user with a password.

use keyward_domain::credential::Credential;
use keyward_domain::event::What;
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::user::{Profile, User};
use keyward_domain::{Fault, Timestamp, entropy};

use super::new_password::{self, NewPassword, PasswordKind};
use super::spec::UserSpec;
use crate::admin::note;
use crate::http::entropy::SystemEntropy;
use crate::login::complete::UPDATE_PASSWORD;

mod http;

pub(super) use http::http;

/// A user to be, with the password already hashed: that takes a while and happens outside a transaction.
pub struct NewUser {
    spec: UserSpec,
    password: NewPassword,
}

/// Why a user is not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Another user of the realm has this mail address.
    #[error("a user with this mail address exists already")]
    EmailTaken,
    /// Ours, and [`Fault::Exists`] when the user name is taken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl NewUser {
    /// A user with a password that the realm's policy allows.
    pub fn new(spec: UserSpec, password: NewPassword) -> Self {
        Self { spec, password }
    }
}

/// Hashes the password of a user of the realm's first hour, on a thread of its own. No policy is asked: the operator
/// chose it.
pub async fn prepare(username: &str, profile: Profile, password: &Secret) -> Result<NewUser, Fault> {
    let spec = UserSpec::unchecked(username, profile);
    let password = NewPassword {
        phc: new_password::hash(password).await?,
        kind: PasswordKind::Permanent,
    };
    Ok(NewUser { spec, password })
}

/// Writes a user as an administrator does: no two share a mail address.
pub async fn create_checked(
    tx: &mut dyn Tx,
    realm: &Realm,
    new: &NewUser,
    now: Timestamp,
) -> Result<(User, Credential), CreateError> {
    if let Some(email) = &new.spec.profile().email
        && tx.email_is_taken(realm.id, email, None).await?
    {
        return Err(CreateError::EmailTaken);
    }
    Ok(create(tx, realm, new, now).await?)
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
        username: new.spec.username().to_owned(),
        enabled: true,
        service_account_of: None,
        created_at: now,
        not_before: Timestamp::from_secs(0),
        required_actions: match new.password.kind {
            PasswordKind::Permanent => Vec::new(),
            PasswordKind::Temporary => vec![UPDATE_PASSWORD.into()],
        },
        profile: new.spec.profile().clone(),
    };
    let credential = Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user: user.id,
        phc: new.password.phc.clone(),
        created_at: now,
        label: String::new(),
    };
    tx.insert_user(&user).await?;
    tx.set_password(&credential).await?;
    if let Some(role) = realm.settings.default_role {
        tx.assign_role(user.id, role).await?;
    }
    for group in &realm.settings.default_groups {
        tx.join_group(user.id, *group).await?;
    }
    let what = What::UserCreated {
        username: user.username.clone(),
        id: user.id,
    };
    note(tx, (realm.id, realm.name.as_str()), what, now).await?;
    Ok((user, credential))
}
