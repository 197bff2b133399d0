//! Audit events that are written with the change they tell of.

use async_trait::async_trait;

use super::users::Paging;
use crate::event::Event;
use crate::fault::Fault;
use crate::id::EventId;
use crate::timestamp::Timestamp;

/// Audit events.
#[async_trait]
pub trait Audit: Send {
    /// Writes an event in this transaction.
    async fn append_event(&mut self, event: &Event) -> Result<(), Fault>;

    /// The names of the events of a realm since `since`, oldest first, at most `limit`: (name, record as JSON).
    async fn events_since(&mut self, realm: &str, since: Timestamp, limit: i64)
    -> Result<Vec<(String, String)>, Fault>;

    /// The events of a realm that a query finds.
    async fn events(&mut self, realm: &str, query: &EventQuery, paging: Paging) -> Result<Vec<StoredEvent>, Fault>;

    /// Removes the events of a realm that have one of these names. Returns how many.
    async fn delete_events(&mut self, realm: &str, names: &[&str]) -> Result<u64, Fault>;

    /// Removes events older than `before`. Returns how many.
    async fn sweep_events(&mut self, before: Timestamp, limit: i64) -> Result<u64, Fault>;
}

/// Which events: all conditions together. Conditions on what only the record says are the caller's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// One of these names.
    pub names: Vec<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// At or before.
    pub to: Option<Timestamp>,
    /// Oldest first; else youngest first.
    pub ascending: bool,
    /// Members of the record with exactly these texts: (name, value). `address` and `user_id` are such.
    pub members: Vec<(&'static str, String)>,
}

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its row.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// Its name.
    pub name: String,
    /// The whole record as JSON text.
    pub record: String,
}
