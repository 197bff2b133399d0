//! The write phase of a request: one transaction, run again when another got in between.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::ports::{Durable, Store, Tx};

/// How often a decision runs at most.
const ATTEMPTS: u32 = 3;

/// A decision that writes. It must be harmless to repeat: distributed PostgreSQL engines ask for that.
#[async_trait]
pub(crate) trait Decide: Sync {
    /// What it yields.
    type Output: Send;

    /// Decides on an open transaction. `Ok` commits.
    async fn decide(&self, tx: &mut dyn Tx) -> Result<Self::Output, Fault>;
}

/// Runs a decision and commits it.
pub(crate) async fn write<D: Decide>(store: &dyn Store, decision: &D) -> Result<D::Output, Fault> {
    let (output, durable) = hand_in(store, decision).await?;
    durable.on_disk().await?;
    Ok(output)
}

/// Runs a decision and hands it in. Nothing may be answered for it before it is durable.
pub(crate) async fn hand_in<D: Decide>(store: &dyn Store, decision: &D) -> Result<(D::Output, Durable), Fault> {
    let mut attempt = 1;
    loop {
        match once(store, decision).await {
            Err(fault) if fault.is_conflict() && attempt < ATTEMPTS => attempt += 1,
            result => return result,
        }
    }
}

async fn once<D: Decide>(store: &dyn Store, decision: &D) -> Result<(D::Output, Durable), Fault> {
    let mut tx = store.write().await?;
    let output = decision.decide(&mut *tx).await?;
    Ok((output, tx.hand_in().await?))
}
