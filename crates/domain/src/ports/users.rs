//! Users and their credentials.

use async_trait::async_trait;

use crate::credential::{Credential, Otp};
use crate::fault::Fault;
use crate::id::{CredentialId, RealmId, UserId};
use crate::user::User;

/// Users and their credentials.
#[async_trait]
pub trait Users: Send {
    /// By user name, which is compared in lower case.
    async fn user_by_username(&mut self, realm: RealmId, username: &str) -> Result<Option<User>, Fault>;

    /// By row.
    async fn user(&mut self, realm: RealmId, id: UserId) -> Result<Option<User>, Fault>;

    /// By mail address, which is compared in lower case; `None` also when several people share it.
    async fn user_by_email(&mut self, realm: RealmId, email: &str) -> Result<Option<User>, Fault>;

    /// The service accounts of a realm.
    async fn service_accounts(&mut self, realm: RealmId) -> Result<Vec<User>, Fault>;

    /// Adds one; `Fault::Exists` when its user name is taken in the realm.
    async fn insert_user(&mut self, user: &User) -> Result<(), Fault>;

    /// Replaces everything but id, realm and what it is a service account of. Returns whether there was one.
    async fn update_user(&mut self, user: &User) -> Result<bool, Fault>;

    /// Sets the password, replacing the one before.
    async fn set_password(&mut self, credential: &Credential) -> Result<(), Fault>;

    /// The password's row.
    async fn password(&mut self, user: UserId) -> Result<Option<Credential>, Fault>;

    /// Replaces the hash of a password (the same password under other parameters), if it is still that of `id`.
    /// Returns whether it was.
    async fn rehash_password(&mut self, id: CredentialId, phc: &str) -> Result<bool, Fault>;

    /// Adds a one-time password device.
    async fn insert_otp(&mut self, otp: &Otp) -> Result<(), Fault>;

    /// Removes a user's one-time password devices but for `keep`. Returns how many.
    async fn delete_other_otps(&mut self, user: UserId, keep: CredentialId) -> Result<u64, Fault>;

    /// The one-time password devices of a user, oldest first.
    async fn otps(&mut self, user: UserId) -> Result<Vec<Otp>, Fault>;

    /// All one-time password devices of a realm's users.
    async fn otps_of_realm(&mut self, realm: RealmId) -> Result<Vec<Otp>, Fault>;

    /// Notes that the code of a time step was used (RFC 6238 §5.2): of any number of callers that hold it exactly one
    /// gets `true`, and none once a later step was used.
    async fn use_otp_step(&mut self, id: CredentialId, step: i64) -> Result<bool, Fault>;

    /// Replaces the sealed secret of a device (the same secret under another sealing key), if it is still `old`.
    /// Returns whether it was.
    async fn reseal_otp(&mut self, id: CredentialId, old: &[u8], new: &[u8]) -> Result<bool, Fault>;
}
