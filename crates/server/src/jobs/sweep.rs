//! Removes rows that ended, a few at a time.

use keyward_domain::Fault;

use crate::app::App;

const LEASE_SECS: i64 = 60;
const BATCH: i64 = 500;

/// Days that audit events stay in the database.
const EVENTS_KEPT_SECS: i64 = 30 * 24 * 60 * 60;

/// Removes ended tokens, codes, grants, changes and old events, if `holder` has the lease, and forgets ended
/// revocations on this node.
pub async fn tick(app: &App, holder: &str) -> Result<(), Fault> {
    let now = app.clock.now();
    app.revocations.forget(now);
    let mut tx = app.store.write().await?;
    if tx.take_lease("sweep", holder, now, now.plus_secs(LEASE_SECS)).await? {
        tx.sweep_grants(now, BATCH).await?;
        tx.sweep_changes(now, BATCH).await?;
        tx.sweep_events(now.minus_secs(EVENTS_KEPT_SECS), BATCH).await?;
    }
    tx.commit().await
}
