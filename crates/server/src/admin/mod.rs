//! What an administrator does, one file per noun and verb. Commands call these now; the admin API and the console
//! will call the same.

use keyward_domain::event::{Event, What};
use keyward_domain::id::{EventId, RealmId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::{Fault, Timestamp, entropy};

use crate::changes::CHANGE_KEPT_SECS;
use crate::http::entropy::SystemEntropy;

pub mod clients;
pub mod keys;
pub mod realms;
pub mod scopes;
pub mod users;

/// Notes in the same transaction that a realm changed, and why.
pub(crate) async fn note(tx: &mut dyn Tx, realm: (RealmId, &str), what: What, now: Timestamp) -> Result<(), Fault> {
    let (id, name) = realm;
    let event = Event {
        id: EventId(entropy::growing_uuid(now, &mut SystemEntropy)),
        at: now,
        realm: Some(name.to_owned()),
        request_id: None,
        address: None,
        what,
    };
    tx.append_event(&event).await?;
    tx.append_change(id, &Change::RealmChanged, now.plus_secs(CHANGE_KEPT_SECS))
        .await?;
    Ok(())
}
