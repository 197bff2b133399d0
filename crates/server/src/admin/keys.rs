//! Keys of a realm.

use keyward_domain::id::RealmId;
use keyward_domain::key::{self, HmacKeyRecord, KeyRecord};
use keyward_domain::{Entropy as _, Fault, Timestamp, entropy};
use keyward_jose::{Algorithm, Sealer, SigningKey};

use crate::http::entropy::SystemEntropy;

mod show;
mod stock;

pub(crate) use show::ROUTES;
pub(crate) use stock::KeyStock;

/// Makes a key and seals it, on a thread of its own: an RSA key takes a tenth of a second or more.
pub async fn generate(
    sealer: &Sealer,
    realm: RealmId,
    algorithm: Algorithm,
    now: Timestamp,
    active_from: Timestamp,
) -> Result<KeyRecord, Fault> {
    let key = stock::made_now(algorithm.key_type()).await?;
    seal(sealer, (realm, algorithm), &key, (now, active_from))
}

/// The same with a key that may be ready.
pub(crate) async fn from_stock(
    stock: &KeyStock,
    sealer: &Sealer,
    realm: RealmId,
    algorithm: Algorithm,
    (published_at, active_from): (Timestamp, Timestamp),
) -> Result<KeyRecord, Fault> {
    let key = stock.take(algorithm.key_type()).await?;
    seal(sealer, (realm, algorithm), &key, (published_at, active_from))
}

fn seal(
    sealer: &Sealer,
    (realm, algorithm): (RealmId, Algorithm),
    key: &SigningKey,
    (published_at, active_from): (Timestamp, Timestamp),
) -> Result<KeyRecord, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(error.to_string());
    let kid = key.kid().to_owned();
    let pkcs8 = key.to_pkcs8().map_err(|error| failed(&error))?;
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    let sealed = sealer
        .seal(&key::binding(realm, &kid), &pkcs8, nonce)
        .map_err(|error| failed(&error))?;
    Ok(KeyRecord {
        kid,
        realm,
        algorithm,
        sealed,
        published_at,
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
