//! The store and its transactions.

use std::fmt;
use std::pin::Pin;

use async_trait::async_trait;

use super::{
    Audit, Changes, Clients, Consents, Documents, Grants, Groups, Keys, Leases, LoginFailures, Realms, Roles, Scopes,
    Sessions, UserEvents, Users,
};
use crate::fault::Fault;
use crate::timestamp::Timestamp;

/// One unit of work: all ports on one connection. Dropped without [`Tx::commit`] or [`Tx::hand_in`] it leaves nothing
/// behind.
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

    /// Hands the work in: what follows may see it, and when this returns it is on its way to the disk. For whoever has
    /// something to do meanwhile that nobody gets to see. It goes there too if nobody waits for it.
    async fn hand_in(self: Box<Self>) -> Result<Durable, Fault> {
        self.commit().await?;
        Ok(Durable::already())
    }
}

/// The way to the disk of work that was handed in. Nothing may be told of it before [`Self::on_disk`].
#[must_use = "what was handed in may still be lost"]
pub struct Durable(Option<Commit>);

type Commit = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send>>;

impl Durable {
    /// It is there.
    pub const fn already() -> Self {
        Self(None)
    }

    /// It is there when `commit` ends well.
    pub fn when(commit: impl Future<Output = Result<(), Fault>> + Send + 'static) -> Self {
        Self(Some(Box::pin(commit)))
    }

    /// Whether it is known to be there.
    pub const fn is_already(&self) -> bool {
        self.0.is_none()
    }

    /// Waits until it is there.
    pub async fn on_disk(self) -> Result<(), Fault> {
        match self.0 {
            None => Ok(()),
            Some(commit) => commit.await,
        }
    }
}

impl fmt::Debug for Durable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Durable").field(&self.is_already()).finish()
    }
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
