//! Clients.

pub mod create;
mod delete;
mod description;
mod evaluate;
mod find;
mod get;
mod initial_access;
mod installation;
mod keys;
mod list;
pub(crate) mod nodes;
mod not_offered;
pub(crate) mod policies;
mod protect;
mod registration;
mod registration_policies;
pub mod rotate_secret;
mod scopes;
mod secret;
pub(crate) mod secrets;
pub(crate) mod service_account;
mod sessions;
mod update;

use keyward_domain::client::{self, ClientSecret};
use keyward_domain::id::{ClientSecretId, ClientUuid};
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::{Entropy as _, Fault, Timestamp, entropy};
use keyward_jose::Sealer;

use super::rest::Route;
use crate::http::entropy::SystemEntropy;

pub(crate) static ROUTES: [&[Route]; 10] = [
    &get::ROUTES,
    &secret::ROUTES,
    &scopes::ROUTES,
    &sessions::ROUTES,
    &evaluate::ROUTES,
    &keys::ROUTES,
    &nodes::ROUTES,
    &registration::ROUTES,
    &policies::ROUTES,
    &not_offered::ROUTES,
];

/// Seals a client secret into a row.
pub(crate) fn seal(
    sealer: &Sealer,
    realm: &Realm,
    client: ClientUuid,
    secret: &Secret,
    now: Timestamp,
) -> Result<ClientSecret, Fault> {
    let id = ClientSecretId(entropy::uuid(&mut SystemEntropy));
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = sealer
        .seal(&client::secret_binding(realm.id, id), secret.expose().as_bytes(), nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(ClientSecret {
        id,
        client,
        sealed,
        created_at: now,
        expires_at: None,
    })
}
