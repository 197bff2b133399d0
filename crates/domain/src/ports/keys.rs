//! Signing keys.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::id::RealmId;
use crate::key::{HmacKeyRecord, KeyRecord};

/// Signing keys.
#[async_trait]
pub trait Keys: Send {
    /// All keys of a realm, by the instant from which they sign.
    async fn keys(&mut self, realm: RealmId) -> Result<Vec<KeyRecord>, Fault>;

    /// Adds one.
    async fn insert_key(&mut self, key: &KeyRecord) -> Result<(), Fault>;

    /// Removes one. Returns whether it was there.
    async fn delete_key(&mut self, realm: RealmId, kid: &str) -> Result<bool, Fault>;

    /// Replaces the sealed form of a key (the same key under another sealing key), if it is still `old`.
    /// Returns whether it was.
    async fn reseal_key(&mut self, realm: RealmId, kid: &str, old: &[u8], new: &[u8]) -> Result<bool, Fault>;

    /// The HMAC keys of a realm, youngest first.
    async fn hmac_keys(&mut self, realm: RealmId) -> Result<Vec<HmacKeyRecord>, Fault>;

    /// Adds an HMAC key.
    async fn insert_hmac_key(&mut self, key: &HmacKeyRecord) -> Result<(), Fault>;

    /// Replaces the sealed form of an HMAC key, if it is still `old`. Returns whether it was.
    async fn reseal_hmac_key(&mut self, realm: RealmId, kid: &str, old: &[u8], new: &[u8]) -> Result<bool, Fault>;

    /// Removes an HMAC key. Returns whether it was there.
    async fn delete_hmac_key(&mut self, realm: RealmId, kid: &str) -> Result<bool, Fault>;
}
