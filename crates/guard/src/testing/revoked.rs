//! Revocations that a test decides about.

use std::collections::BTreeMap;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use keyward_client::UnixMillis;

use crate::caller::Caller;
use crate::revocation::{Revocation, Revocations};

/// Knows of single tokens by their `jti`; all others stand.
#[derive(Debug, Default)]
pub struct Revoked(Mutex<BTreeMap<String, Revocation>>);

impl Revoked {
    /// From now on says this of the tokens with this `jti`.
    pub fn say(&self, token_id: impl Into<String>, revocation: Revocation) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(token_id.into(), revocation);
    }
}

impl Revocations for Revoked {
    fn of<'a>(&'a self, caller: &'a Caller, _: UnixMillis) -> Pin<Box<dyn Future<Output = Revocation> + Send + 'a>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said = caller.token_id().and_then(|id| known.get(id)).copied();
        Box::pin(ready(said.unwrap_or(Revocation::Stands)))
    }
}
