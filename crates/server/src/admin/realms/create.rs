//! Creating a realm: with keys for every algorithm, the standard scopes and the clients that every realm has.

use keyward_domain::event::What;
use keyward_domain::id::{RealmId, ScopeId};
use keyward_domain::key::rotation::KEPT;
use keyward_domain::key::{HmacKeyRecord, KeyRecord};
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::scope::{ClientScope, defaults};
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::Sealer;

use super::built_in;
use crate::admin::{keys, note};
use crate::http::entropy::SystemEntropy;
use crate::jobs::rotate_keys::published;

/// A realm that is ready to be written: its keys are made, which takes a while and happens outside a transaction.
pub struct NewRealm {
    realm: Realm,
    keys: Vec<KeyRecord>,
    hmac_key: HmacKeyRecord,
}

/// Makes the keys of a realm to be, side by side.
pub async fn prepare(
    sealer: &Sealer,
    name: RealmName,
    settings: RealmSettings,
    now: Timestamp,
) -> Result<NewRealm, Fault> {
    let id = RealmId(entropy::uuid(&mut SystemEntropy));
    let [rs256, ps256, es256, eddsa] = KEPT.map(|algorithm| keys::generate(sealer, id, algorithm, now, now));
    let (rs256, ps256, es256, eddsa) = tokio::try_join!(rs256, ps256, es256, eddsa)?;
    let realm = Realm {
        id,
        name,
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings,
    };
    Ok(NewRealm {
        hmac_key: keys::generate_hmac(sealer, id, now)?,
        realm,
        keys: vec![rs256, ps256, es256, eddsa],
    })
}

/// Writes it. `Fault::Exists` when the name is taken.
pub async fn create(tx: &mut dyn Tx, new: &NewRealm, now: Timestamp) -> Result<Realm, Fault> {
    let NewRealm { realm, keys, hmac_key } = new;
    tx.insert_realm(realm).await?;
    for (name, settings) in defaults::standard() {
        let id = ScopeId(entropy::uuid(&mut SystemEntropy));
        tx.insert_scope(&ClientScope {
            id,
            realm: realm.id,
            name: name.to_owned(),
            settings,
        })
        .await?;
    }
    for key in keys {
        tx.insert_key(key).await?;
        note(tx, (realm.id, realm.name.as_str()), published(key), now).await?;
    }
    tx.insert_hmac_key(hmac_key).await?;
    built_in::create(tx, realm).await?;
    note(tx, (realm.id, realm.name.as_str()), What::RealmCreated, now).await?;
    Ok(realm.clone())
}
