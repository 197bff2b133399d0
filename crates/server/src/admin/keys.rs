//! Keys of a realm.

use keyward_domain::id::RealmId;
use keyward_domain::key::{self, KeyRecord};
use keyward_domain::{Entropy as _, Fault, Timestamp};
use keyward_jose::{Algorithm, Sealer, SigningKey};

use crate::http::entropy::SystemEntropy;

/// Makes a key and seals it, on a thread of its own: an RSA key takes a tenth of a second or more.
pub async fn generate(
    sealer: &Sealer,
    realm: RealmId,
    algorithm: Algorithm,
    now: Timestamp,
    active_from: Timestamp,
) -> Result<KeyRecord, Fault> {
    let made = tokio::task::spawn_blocking(move || {
        let key = SigningKey::generate(algorithm.key_type())?;
        let pkcs8 = key.to_pkcs8()?;
        Ok::<_, keyward_jose::KeyError>((key, pkcs8))
    });
    let (key, pkcs8) = made
        .await
        .map_err(|error| Fault::Crypto(error.to_string()))?
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    let kid = key.kid().to_owned();
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = sealer
        .seal(&key::binding(realm, &kid), &pkcs8, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(KeyRecord {
        kid,
        realm,
        algorithm,
        sealed,
        published_at: now,
        active_from,
    })
}
