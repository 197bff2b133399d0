//! Clients.

pub mod create;
pub mod rotate_secret;

use keyward_domain::client::{self, ClientSecret};
use keyward_domain::id::{ClientSecretId, ClientUuid};
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_domain::{Entropy as _, Fault, Timestamp, entropy};
use keyward_jose::Sealer;

use crate::http::entropy::SystemEntropy;

/// Seals a client secret into a row.
fn seal(
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
