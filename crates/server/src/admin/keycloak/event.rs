//! Events of a realm as Keycloak shows them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use keyward_domain::id::{EventId, RealmId};
use keyward_domain::user_event::UserEvent;
use serde::Serialize;

/// `EventRepresentation`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView {
    id: EventId,
    time: i64,
    #[serde(rename = "type")]
    name: Cow<'static, str>,
    realm_id: RealmId,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    details: BTreeMap<Cow<'static, str>, String>,
}

impl From<UserEvent> for EventView {
    fn from(event: UserEvent) -> Self {
        Self {
            id: event.id,
            time: event.at.millis(),
            name: event.name,
            realm_id: event.realm,
            client_id: event.client,
            user_id: event.user,
            session_id: event.session,
            ip_address: event.address,
            error: event.error,
            details: event.details,
        }
    }
}
