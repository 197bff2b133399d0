//! Removes rows that ended, a few at a time.

use keyward_domain::Fault;

use crate::app::App;

const LEASE_SECS: i64 = 60;
/// Rows of a kind that one transaction removes: it holds writers up for milliseconds.
const BATCH: i64 = 500;

/// Transactions of one tick: more rows than a core can write between two ticks.
const BATCHES: u32 = 2_000;

/// Seconds that failed logins are remembered at least: longer than any realm counts them.
const FAILURES_KEPT_SECS: i64 = 7 * 24 * 60 * 60;

/// Seconds that audit events stay in the database.
const EVENTS_KEPT_SECS: i64 = 30 * 24 * 60 * 60;

/// Removes ended tokens, codes, grants, sessions, counts of failed logins, changes, old audit events and events that
/// their realm keeps no longer, if `holder` has the lease, and forgets ended revocations on this node.
pub async fn tick(app: &App, holder: &str) -> Result<(), Fault> {
    let now = app.clock.now();
    app.revocations.forget(now);
    for _ in 0..BATCHES {
        let mut tx = app.store.write().await?;
        let mut removed = 0;
        if tx.take_lease("sweep", holder, now, now.plus_secs(LEASE_SECS)).await? {
            removed += tx.sweep_grants(now, BATCH).await?;
            removed += tx.sweep_sessions(now, BATCH).await?;
            removed += tx
                .sweep_login_failures(now.minus_secs(FAILURES_KEPT_SECS), BATCH)
                .await?;
            removed += tx.sweep_changes(now, BATCH).await?;
            removed += tx.sweep_user_events(now, BATCH).await?;
            removed += tx.sweep_events(now.minus_secs(EVENTS_KEPT_SECS), BATCH).await?;
        }
        tx.commit().await?;
        if removed < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}
