//! Users and their credentials.

use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::credential::{Credential, Otp};
use crate::fault::Fault;
use crate::id::{CredentialId, RealmId, UserId};
use crate::timestamp::Timestamp;
use crate::user::{FederatedIdentity, User};

/// Users and their credentials.
#[async_trait]
pub trait Users: Send {
    /// By user name, which is compared in lower case.
    async fn user_by_username(&mut self, realm: RealmId, username: &str) -> Result<Option<User>, Fault>;

    /// By row.
    async fn user(&mut self, realm: RealmId, id: UserId) -> Result<Option<User>, Fault>;

    /// By mail address, which is compared in lower case; `None` also when several people share it.
    async fn user_by_email(&mut self, realm: RealmId, email: &str) -> Result<Option<User>, Fault>;

    /// Whether a user has this mail address, `but` aside.
    async fn email_is_taken(&mut self, realm: RealmId, email: &str, but: Option<UserId>) -> Result<bool, Fault>;

    /// The service accounts of a realm.
    async fn service_accounts(&mut self, realm: RealmId) -> Result<Vec<User>, Fault>;

    /// Adds one; `Fault::Exists` when its user name is taken in the realm.
    async fn insert_user(&mut self, user: &User) -> Result<(), Fault>;

    /// One that nobody else changes until this transaction ends: for whoever writes it back whole.
    async fn user_to_change(&mut self, realm: RealmId, id: UserId) -> Result<Option<User>, Fault>;

    /// Replaces everything but id, realm and what it is a service account of. Returns whether there was one.
    async fn update_user(&mut self, user: &User) -> Result<bool, Fault>;

    /// Sets the password, replacing the one before.
    async fn set_password(&mut self, credential: &Credential) -> Result<(), Fault>;

    /// The password's row.
    async fn password(&mut self, user: UserId) -> Result<Option<Credential>, Fault>;

    /// Replaces the hash of a password (the same password under other parameters), if it is still that of `id`.
    /// Returns whether it was; then nobody else replaces it until this transaction ends, even where the hash stays.
    async fn rehash_password(&mut self, id: CredentialId, phc: &str) -> Result<bool, Fault>;

    /// Adds a one-time password device.
    async fn insert_otp(&mut self, otp: &Otp) -> Result<(), Fault>;

    /// Removes a user's one-time password devices but for `keep`. Returns how many.
    async fn delete_other_otps(&mut self, user: UserId, keep: CredentialId) -> Result<u64, Fault>;

    /// The one-time password devices of a user, oldest first.
    async fn otps(&mut self, user: UserId) -> Result<Vec<Otp>, Fault>;

    /// Those of some users who have a one-time password device.
    async fn users_with_otps(&mut self, users: &[UserId]) -> Result<BTreeSet<UserId>, Fault>;

    /// All one-time password devices of a realm's users.
    async fn otps_of_realm(&mut self, realm: RealmId) -> Result<Vec<Otp>, Fault>;

    /// Notes that the code of a time step was used (RFC 6238 §5.2): of any number of callers that hold it exactly one
    /// gets `true`, and none once a later step was used.
    async fn use_otp_step(&mut self, id: CredentialId, step: i64) -> Result<bool, Fault>;

    /// Replaces the sealed secret of a device (the same secret under another sealing key), if it is still `old`.
    /// Returns whether it was.
    async fn reseal_otp(&mut self, id: CredentialId, old: &[u8], new: &[u8]) -> Result<bool, Fault>;

    /// The users of a realm that a query finds, service accounts left out unless it asks for them, by user name.
    async fn users(&mut self, realm: RealmId, query: &UserQuery, paging: Paging) -> Result<Vec<User>, Fault>;

    /// How many a query finds.
    async fn count_users(&mut self, realm: RealmId, query: &UserQuery) -> Result<i64, Fault>;

    /// Removes a user with everything of theirs. Returns whether there was one.
    async fn delete_user(&mut self, realm: RealmId, id: UserId) -> Result<bool, Fault>;

    /// Removes a user's password. Returns whether there was one of this row.
    async fn delete_password(&mut self, user: UserId, id: CredentialId) -> Result<bool, Fault>;

    /// Removes a user's one-time password device. Returns whether there was one of this row.
    async fn delete_otp(&mut self, user: UserId, id: CredentialId) -> Result<bool, Fault>;

    /// Names a user's password or device. Returns whether there was one of this row.
    async fn label_credential(&mut self, user: UserId, id: CredentialId, label: &str) -> Result<bool, Fault>;

    /// The logins of a user at identity providers, by provider.
    async fn federated_identities(&mut self, user: UserId) -> Result<Vec<FederatedIdentity>, Fault>;

    /// Adds one; `Fault::Exists` when the user has one at that provider.
    async fn insert_federated_identity(&mut self, identity: &FederatedIdentity) -> Result<(), Fault>;

    /// Removes one. Returns whether it was there.
    async fn delete_federated_identity(&mut self, user: UserId, provider: &str) -> Result<bool, Fault>;
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// How many are left out first; 0 or more.
    pub first: i64,
    /// How many follow at most; 0 or more.
    pub max: i64,
}

/// Which users: all conditions together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Words of which each must match user name, mail address, first or last name.
    pub search: Vec<Pattern>,
    /// Rows; empty for any.
    pub ids: Vec<UserId>,
    /// The user name.
    pub username: Option<Pattern>,
    /// The mail address.
    pub email: Option<Pattern>,
    /// The first name.
    pub first_name: Option<Pattern>,
    /// The last name.
    pub last_name: Option<Pattern>,
    /// Whether the mail address was proved.
    pub email_verified: Option<bool>,
    /// Whether enabled.
    pub enabled: Option<bool>,
    /// A login at this identity provider.
    pub provider: Option<String>,
    /// A login of this id at an identity provider.
    pub external_id: Option<String>,
    /// Attributes with exactly these values.
    pub attributes: Vec<(String, String)>,
    /// Made at or after.
    pub created_from: Option<Timestamp>,
    /// Made at or before.
    pub created_to: Option<Timestamp>,
    /// Service accounts as well.
    pub with_service_accounts: bool,
}

/// How a text is matched, upper and lower case alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The whole text.
    Exact(String),
    /// It begins so.
    Prefix(String),
    /// It holds this somewhere.
    Infix(String),
}
