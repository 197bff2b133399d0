//! Clients and their secrets.

use async_trait::async_trait;

use crate::client::{Client, ClientSecret};
use crate::fault::Fault;
use crate::id::{ClientUuid, RealmId};
use crate::timestamp::Timestamp;

/// Clients and their secrets.
#[async_trait]
pub trait Clients: Send {
    /// All clients of a realm, by `client_id`.
    async fn clients(&mut self, realm: RealmId) -> Result<Vec<Client>, Fault>;

    /// By `client_id`.
    async fn client_by_client_id(&mut self, realm: RealmId, client_id: &str) -> Result<Option<Client>, Fault>;

    /// Adds one; `Fault::Exists` when its `client_id` is taken in the realm.
    async fn insert_client(&mut self, client: &Client) -> Result<(), Fault>;

    /// Replaces everything but id and realm; `Fault::Exists` when the `client_id` is taken. Returns whether there was
    /// one.
    async fn update_client(&mut self, client: &Client) -> Result<bool, Fault>;

    /// Secrets of all clients of a realm, the youngest of each client first.
    async fn client_secrets(&mut self, realm: RealmId) -> Result<Vec<ClientSecret>, Fault>;

    /// Adds a secret.
    async fn insert_client_secret(&mut self, secret: &ClientSecret) -> Result<(), Fault>;

    /// Lets every other secret of a client than `keep` end: at `until`, the youngest of them; at once, the rest.
    /// So a client never has more than two live ones.
    async fn expire_other_client_secrets(
        &mut self,
        client: ClientUuid,
        keep: crate::id::ClientSecretId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), Fault>;

    /// Replaces the sealed form of a secret (the same secret under another sealing key), if it is still `old`.
    /// Returns whether it was.
    async fn reseal_client_secret(
        &mut self,
        id: crate::id::ClientSecretId,
        old: &[u8],
        new: &[u8],
    ) -> Result<bool, Fault>;

    /// Removes a client with its secrets, roles, service account, grants and consents. Returns whether it was there.
    async fn delete_client(&mut self, realm: RealmId, id: ClientUuid) -> Result<bool, Fault>;

    /// Removes a secret. Returns whether it was there.
    async fn delete_client_secret(&mut self, client: ClientUuid, id: crate::id::ClientSecretId) -> Result<bool, Fault>;
}
