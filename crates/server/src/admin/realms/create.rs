//! Creating a realm of our own: with keys for every algorithm, the standard scopes and the clients that every realm
//! has. Realms that come in through the admin API or from a file are made by `import`.

use keyward_domain::event::What;
use keyward_domain::id::RealmId;
use keyward_domain::key::rotation::KEPT;
use keyward_domain::key::{HmacKeyRecord, KeyRecord};
use keyward_domain::ports::Tx;
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::{Fault, Timestamp, entropy};
use keyward_jose::Sealer;

use super::built_in;
use super::master::{self, Admitted, Master};
use super::rows::RealmRows;
use super::write;
use crate::admin::rest::rights::MASTER;
use crate::admin::{keys, note};
use crate::http::entropy::SystemEntropy;
use crate::jobs::rotate_keys::published;

/// A realm that is ready to be written: its keys are made, which takes a while and happens outside a transaction.
pub struct NewRealm {
    rows: RealmRows,
}

/// Makes a realm of our own. Of the settings, the scopes that new clients get are set here.
pub async fn prepare(
    sealer: &Sealer,
    name: RealmName,
    settings: RealmSettings,
    now: Timestamp,
) -> Result<NewRealm, Fault> {
    let mut rows = RealmRows::new(Realm {
        id: RealmId(entropy::uuid(&mut SystemEntropy)),
        name,
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings,
    });
    built_in::ours(&mut rows);
    if rows.realm.name.as_str() == MASTER {
        master::add_own(&mut rows);
    }
    let (keys, hmac_key) = new_keys(sealer, rows.realm.id, now).await?;
    rows.keys = keys;
    rows.hmac_keys = vec![hmac_key];
    Ok(NewRealm { rows })
}

/// The keys of a realm to be, made side by side.
pub(super) async fn new_keys(
    sealer: &Sealer,
    realm: RealmId,
    now: Timestamp,
) -> Result<(Vec<KeyRecord>, HmacKeyRecord), Fault> {
    let [rs256, ps256, es256, eddsa] = KEPT.map(|algorithm| keys::generate(sealer, realm, algorithm, now, now));
    let (rs256, ps256, es256, eddsa) = tokio::try_join!(rs256, ps256, es256, eddsa)?;
    Ok((
        vec![rs256, ps256, es256, eddsa],
        keys::generate_hmac(sealer, realm, now)?,
    ))
}

/// Writes it, and lets master administer it. `Fault::Exists` when the name is taken.
pub async fn create(tx: &mut dyn Tx, new: &NewRealm, now: Timestamp) -> Result<Realm, Fault> {
    let rows = &new.rows;
    let master = match rows.realm.name.as_str() {
        MASTER => None,
        _ => Master::read(tx).await?,
    };
    insert(tx, rows, master.as_ref(), now).await?;
    Ok(rows.realm.clone())
}

/// Writes a realm with the events of its making. `master` is the one that will administer it; what it got is returned.
pub(super) async fn insert(
    tx: &mut dyn Tx,
    rows: &RealmRows,
    master: Option<&Master>,
    now: Timestamp,
) -> Result<Option<Admitted>, Fault> {
    let realm = &rows.realm;
    write::write(tx, rows).await?;
    for key in &rows.keys {
        note(tx, (realm.id, realm.name.as_str()), published(key), now).await?;
    }
    let admitted = match master {
        Some(master) => Some(master.admit(tx, &realm.name, now).await?),
        None => None,
    };
    note(tx, (realm.id, realm.name.as_str()), What::RealmCreated, now).await?;
    Ok(admitted)
}
