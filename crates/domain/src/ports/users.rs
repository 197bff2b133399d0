//! Users and their credentials.

use async_trait::async_trait;

use crate::credential::Credential;
use crate::fault::Fault;
use crate::id::{RealmId, UserId};
use crate::user::User;

/// Users and their credentials.
#[async_trait]
pub trait Users {
    /// By user name, which is compared in lower case.
    async fn user_by_username(&mut self, realm: RealmId, username: &str) -> Result<Option<User>, Fault>;

    /// The service accounts of a realm.
    async fn service_accounts(&mut self, realm: RealmId) -> Result<Vec<User>, Fault>;

    /// Adds one; `Fault::Exists` when its user name is taken in the realm.
    async fn insert_user(&mut self, user: &User) -> Result<(), Fault>;

    /// Sets the password, replacing the one before.
    async fn set_password(&mut self, credential: &Credential) -> Result<(), Fault>;

    /// The password's row.
    async fn password(&mut self, user: UserId) -> Result<Option<Credential>, Fault>;
}
