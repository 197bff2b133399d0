//! The events that a realm's administrators read.

use async_trait::async_trait;

use super::users::Paging;
use crate::fault::Fault;
use crate::id::RealmId;
use crate::timestamp::Timestamp;
use crate::user_event::UserEvent;

/// Events of realms.
#[async_trait]
pub trait UserEvents: Send {
    /// Writes an event, unless its realm is gone.
    async fn append_user_event(&mut self, event: &UserEvent) -> Result<(), Fault>;

    /// The events of a realm that a query finds.
    async fn user_events(
        &mut self,
        realm: RealmId,
        query: &UserEventQuery,
        paging: Paging,
    ) -> Result<Vec<UserEvent>, Fault>;

    /// Removes the events of a realm. Returns how many.
    async fn delete_user_events(&mut self, realm: RealmId) -> Result<u64, Fault>;

    /// Removes events that are older than their realm keeps them (`eventsExpiration`), at most `limit`. Returns how
    /// many.
    async fn sweep_user_events(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault>;
}

/// Which events: all conditions together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserEventQuery {
    /// One of these names; of any when there is none.
    pub names: Vec<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// At or before.
    pub to: Option<Timestamp>,
    /// Of this client, by `client_id`.
    pub client: Option<String>,
    /// Of this person.
    pub user: Option<String>,
    /// From this address.
    pub address: Option<String>,
    /// Oldest first; else youngest first.
    pub ascending: bool,
}
