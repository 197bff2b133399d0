//! A password that an administrator gives to a user: by the realm's policy, and hashed.

use keyward_domain::policy::password::Broken;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::{Entropy as _, Fault};
use keyward_jose::password;

use crate::http::entropy::SystemEntropy;

/// A hashed password that the realm's policy allows.
#[derive(Clone)]
pub struct NewPassword {
    pub(super) phc: String,
    pub(super) kind: PasswordKind,
}

/// Whose choice a password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordKind {
    /// It stays until it is changed.
    Permanent,
    /// The person has to choose their own at the next login.
    Temporary,
}

/// Why a password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NewPasswordError {
    /// It breaks these rules of the realm's policy.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Broken(Vec<Broken>),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl NewPassword {
    /// Checks a password of a user to be or of one that is there, and hashes it on a thread of its own: that takes a
    /// while and happens outside a transaction.
    pub async fn prepare(
        realm: &Realm,
        (username, email): (&str, Option<&str>),
        password: &Secret,
        kind: PasswordKind,
    ) -> Result<Self, NewPasswordError> {
        let policy = &realm.settings.password_policy;
        policy
            .check(password.expose(), username, email)
            .map_err(NewPasswordError::Broken)?;
        let phc = hash(password).await?;
        Ok(Self { phc, kind })
    }
}

/// The PHC string of a password.
pub(super) async fn hash(password: &Secret) -> Result<String, Fault> {
    let mut salt = [0; 16];
    SystemEntropy.fill(&mut salt);
    let password = password.clone();
    let hashed = tokio::task::spawn_blocking(move || password::hash(password.expose(), &salt));
    hashed
        .await
        .map_err(|error| Fault::Crypto(error.to_string()))?
        .map_err(|error| Fault::Crypto(error.to_string()))
}
