//! The store and its transactions.

use async_trait::async_trait;

use super::{
    Audit, Changes, Clients, Consents, Documents, Grants, Groups, Keys, Leases, LoginFailures, Realms, Roles, Scopes,
    Sessions, UserEvents, Users,
};
use crate::fault::Fault;
use crate::timestamp::Timestamp;

/// One unit of work: all ports on one connection. Dropped without [`Tx::commit`] it leaves nothing behind.
#[async_trait]
pub trait Tx:
    Realms
    + Clients
    + Scopes
    + Roles
    + Groups
    + Documents
    + Users
    + Sessions
    + Consents
    + LoginFailures
    + Grants
    + Keys
    + Changes
    + Audit
    + UserEvents
    + Leases
{
    /// Makes the work durable. When this returns, it is on disk.
    async fn commit(self: Box<Self>) -> Result<(), Fault>;
}

/// Where everything is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Opens a connection for reading. Each statement sees what was committed before it; writing fails.
    async fn read(&self) -> Result<Box<dyn Tx>, Fault>;

    /// Opens a transaction for writing.
    async fn write(&self) -> Result<Box<dyn Tx>, Fault>;

    /// Burns the `jti` of a proof or an assertion in a transaction of its own, so that a request that is refused
    /// later does not give its proof back (RFC 7523 §3, RFC 9449 §11.1). One that was remembered until an instant
    /// before `now` counts as new.
    async fn remember_jti(&self, jti: &[u8; 32], now: Timestamp, until: Timestamp) -> Result<Seen, Fault>;
}

/// Whether a `jti` came for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// For the first time.
    Fresh,
    /// It was here before.
    Again,
}
