//! What an administrator does, one file per noun and verb. Commands call these now; the admin API and the console
//! will call the same.

use keyward_domain::event::{Event, What};
use keyward_domain::id::{EventId, RealmId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::{Fault, Timestamp, entropy};

use crate::changes::CHANGE_KEPT_SECS;
use crate::http::entropy::SystemEntropy;

pub(crate) mod attack_detection;
pub(crate) mod authentication;
pub(crate) mod client_scopes;
pub mod clients;
pub(crate) mod components;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod groups;
pub(crate) mod identity_providers;
pub mod keycloak;
pub mod keys;
pub(crate) mod localization;
pub(crate) mod mail;
pub(crate) mod names;
pub(crate) mod not_offered;
pub mod openapi;
pub(crate) mod organizations;
pub(crate) mod protocol_mappers;
pub mod realms;
pub mod rest;
pub(crate) mod role_mappings;
pub(crate) mod roles;
pub mod scopes;
pub(crate) mod server_info;
pub(crate) mod sessions;
pub mod users;
pub(crate) mod whoami;

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
