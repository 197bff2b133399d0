//! Makes new signing keys in time and drops those that signed nothing living (RFC 7517 §5).

use keyward_domain::document::DocumentKind;
use keyward_domain::event::{Event, What};
use keyward_domain::id::EventId;
use keyward_domain::key::KeyRecord;
use keyward_domain::key::rotation::{self, Step};
use keyward_domain::ports::changes::Change;
use keyward_domain::realm::Realm;
use keyward_domain::{Fault, Timestamp, entropy};

use crate::admin::components::keys::kept_by;
use crate::admin::keys;
use crate::app::App;
use crate::changes::CHANGE_KEPT_SECS;
use crate::http::entropy::SystemEntropy;

/// How long a node may work before another takes over.
const LEASE_SECS: i64 = 120;

/// Rotates the keys of every realm where something is due, if `holder` has the lease.
pub async fn tick(app: &App, holder: &str) -> Result<(), Fault> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let ours = tx
        .take_lease("rotate_keys", holder, now, now.plus_secs(LEASE_SECS))
        .await?;
    tx.commit().await?;
    if !ours {
        return Ok(());
    }
    let realms = app.store.read().await?.realms().await?;
    for realm in realms {
        add_hmac_key(app, &realm, now).await?;
        let existing = app.store.read().await?.keys(realm.id).await?;
        for step in rotation::due(&existing, realm.settings.key_rotation, now) {
            if let Step::Remove { kid } = &step
                && is_kept(app, &realm, kid).await?
            {
                continue;
            }
            apply(app, &realm, step, now).await?;
        }
    }
    Ok(())
}

/// Whether an administrator keeps a key by a component: it goes when they remove it.
async fn is_kept(app: &App, realm: &Realm, kid: &str) -> Result<bool, Fault> {
    let components = app
        .store
        .read()
        .await?
        .documents(realm.id, DocumentKind::Component)
        .await?;
    Ok(components.iter().filter_map(kept_by).any(|kept| kept == kid))
}

/// A realm from before refresh tokens has no HMAC key.
async fn add_hmac_key(app: &App, realm: &Realm, now: Timestamp) -> Result<(), Fault> {
    if !app.store().read().await?.hmac_keys(realm.id).await?.is_empty() {
        return Ok(());
    }
    let key = keys::generate_hmac(&app.sealer, realm.id, now)?;
    let mut tx = app.store.write().await?;
    tx.insert_hmac_key(&key).await?;
    tx.append_change(realm.id, &Change::RealmChanged, now.plus_secs(CHANGE_KEPT_SECS))
        .await?;
    tx.commit().await
}

async fn apply(app: &App, realm: &Realm, step: Step, now: Timestamp) -> Result<(), Fault> {
    // The slow part, an RSA key, is made before the transaction and off the threads that answer requests.
    let made = match &step {
        Step::Publish { algorithm, active_from } => {
            let made = keys::from_stock(&app.key_stock, &app.sealer, realm.id, *algorithm, (now, *active_from));
            Some(made.await?)
        }
        Step::Remove { .. } => None,
    };
    let mut tx = app.store.write().await?;
    let what = match (&step, made) {
        (Step::Publish { algorithm, .. }, Some(record)) => {
            // Another node may have been faster while the key was being made.
            let still_due = rotation::due(&tx.keys(realm.id).await?, realm.settings.key_rotation, now);
            if !still_due
                .iter()
                .any(|due| matches!(due, Step::Publish { algorithm: due, .. } if due == algorithm))
            {
                return Ok(());
            }
            tx.insert_key(&record).await?;
            published(&record)
        }
        (Step::Remove { kid }, _) => {
            if !tx.delete_key(realm.id, kid).await? {
                return Ok(());
            }
            What::KeyRemoved { kid: kid.clone() }
        }
        (Step::Publish { .. }, None) => return Ok(()),
    };
    let event = Event {
        id: EventId(entropy::growing_uuid(now, &mut SystemEntropy)),
        at: now,
        realm: Some(realm.name.to_string()),
        request_id: None,
        address: None,
        what,
    };
    tx.append_event(&event).await?;
    tx.append_change(realm.id, &Change::RealmChanged, now.plus_secs(CHANGE_KEPT_SECS))
        .await?;
    tx.commit().await?;
    app.events.record(event);
    Ok(())
}

/// The event of a new key.
pub(crate) fn published(record: &KeyRecord) -> What {
    What::KeyPublished {
        kid: record.kid.clone(),
        algorithm: record.algorithm.name(),
    }
}
