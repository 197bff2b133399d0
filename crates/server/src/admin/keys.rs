//! Keys of a realm.

use keyward_domain::id::RealmId;
use keyward_domain::key::{self, HmacKeyRecord, KeyRecord};
use keyward_domain::{Entropy as _, Fault, Timestamp, entropy};
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

/// Makes an HMAC key and seals it.
pub fn generate_hmac(sealer: &Sealer, realm: RealmId, now: Timestamp) -> Result<HmacKeyRecord, Fault> {
    let kid = entropy::uuid(&mut SystemEntropy).to_string();
    let (mut key, mut nonce) = ([0; 32], [0; 12]);
    SystemEntropy.fill(&mut key);
    SystemEntropy.fill(&mut nonce);
    let sealed = sealer
        .seal(&key::hmac_binding(realm, &kid), &key, nonce)
        .map_err(|error| Fault::Crypto(error.to_string()))?;
    Ok(HmacKeyRecord {
        kid,
        realm,
        sealed,
        created_at: now,
    })
}
