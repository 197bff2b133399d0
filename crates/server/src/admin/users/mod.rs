//! Users.

pub mod add_otp;
pub mod create;
pub mod new_password;
pub mod set_password;
pub mod spec;

use keyward_domain::event::{Event, What};
use keyward_domain::id::{EventId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::realm::Realm;
use keyward_domain::{Fault, Timestamp, entropy};

use crate::changes::CHANGE_KEPT_SECS;
use crate::http::entropy::SystemEntropy;

/// Tells every node in this transaction that a user changed.
async fn tell(tx: &mut dyn Tx, realm: &Realm, user: UserId, now: Timestamp) -> Result<(), Fault> {
    let change = Change::UserChanged { user };
    tx.append_change(realm.id, &change, now.plus_secs(CHANGE_KEPT_SECS))
        .await?;
    Ok(())
}

/// Notes in the same transaction what an administrator did with a user.
async fn note(tx: &mut dyn Tx, realm: &Realm, what: What, now: Timestamp) -> Result<(), Fault> {
    let event = Event {
        id: EventId(entropy::growing_uuid(now, &mut SystemEntropy)),
        at: now,
        realm: Some(realm.name.as_str().to_owned()),
        request_id: None,
        address: None,
        what,
    };
    tx.append_event(&event).await
}
