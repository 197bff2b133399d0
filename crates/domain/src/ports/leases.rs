//! Leases: a job runs on one node at a time.

use async_trait::async_trait;

use crate::fault::Fault;
use crate::timestamp::Timestamp;

/// Leases, and the few facts that concern a whole installation.
#[async_trait]
pub trait Leases: Send {
    /// Takes or renews the lease `name` for `holder` until `until`, unless another holds it at `now`.
    /// Returns whether `holder` has it.
    async fn take_lease(&mut self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, Fault>;

    /// Reads a fact.
    async fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// Writes a fact unless there is one. Returns whether this call wrote it: of many nodes at their first start
    /// exactly one does.
    async fn add_fact(&mut self, name: &str, value: &[u8]) -> Result<bool, Fault>;

    /// Writes a fact, replacing the one before.
    async fn set_fact(&mut self, name: &str, value: &[u8]) -> Result<(), Fault>;
}
