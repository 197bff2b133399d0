//! Whether a token was revoked before its end: the place of a revocation log.

use std::future::Future;
use std::pin::Pin;

use keyward_client::UnixMillis;

use crate::caller::Caller;
use crate::denial::Reason;

/// What is known of a token's revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Neither it, nor its session, its client or its subject were revoked.
    Stands,
    /// One of them was.
    Revoked,
    /// It cannot be told at the moment.
    Unknown,
}

/// Somebody who knows what was revoked. Asked for each request, so it must answer from memory nearly always.
pub trait Revocations: Send + Sync {
    /// What is known of the caller's token at `now`.
    fn of<'a>(&'a self, caller: &'a Caller, now: UnixMillis) -> Pin<Box<dyn Future<Output = Revocation> + Send + 'a>>;
}

/// A caller whose token was revoked goes no further, nor one of whom it cannot be told.
pub(crate) async fn check(known: Option<&dyn Revocations>, caller: &Caller, now: UnixMillis) -> Result<(), Reason> {
    let Some(known) = known else { return Ok(()) };
    match known.of(caller, now).await {
        Revocation::Stands => Ok(()),
        Revocation::Revoked => Err(Reason::Revoked),
        Revocation::Unknown => Err(Reason::RevocationUnknown),
    }
}
