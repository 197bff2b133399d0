//! Audit events that are written with the change they tell of.

use async_trait::async_trait;

use crate::event::Event;
use crate::fault::Fault;
use crate::timestamp::Timestamp;

/// Audit events.
#[async_trait]
pub trait Audit: Send {
    /// Writes an event in this transaction.
    async fn append_event(&mut self, event: &Event) -> Result<(), Fault>;

    /// The names of the events of a realm since `since`, oldest first, at most `limit`: (name, record as JSON).
    async fn events_since(&mut self, realm: &str, since: Timestamp, limit: i64)
    -> Result<Vec<(String, String)>, Fault>;

    /// Removes events older than `before`. Returns how many.
    async fn sweep_events(&mut self, before: Timestamp, limit: i64) -> Result<u64, Fault>;
}
