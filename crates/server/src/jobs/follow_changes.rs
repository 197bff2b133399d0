//! Reads what other nodes and commands changed.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::ports::changes::Change;

use crate::app::App;

const BATCH: i64 = 1_000;

/// Reads the log of changes to its end. Afterwards memory is as young as the clock's now.
pub async fn tick(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    let mut cursor = app.revocations.cursor();
    let mut changed = BTreeMap::new();
    loop {
        let entries = tx.changes_after(cursor, BATCH).await?;
        let Some(last) = entries.last() else { break };
        cursor = last.sequence;
        let full = i64::try_from(entries.len()).is_ok_and(|length| length == BATCH);
        for entry in entries {
            match entry.change {
                Change::TokenRevoked { jti } => app.revocations.insert(entry.realm, &jti, entry.expires_at),
                Change::GrantRevoked { grant } => app.revocations.insert_grant(grant, entry.expires_at),
                Change::UserChanged { user } => app.subjects.changed(entry.realm, user),
                Change::RealmChanged => {
                    if !app.realms.take_grown(entry.sequence) {
                        changed.insert(entry.realm, entry.sequence);
                    }
                }
            }
        }
        if !full {
            break;
        }
    }
    drop(tx);
    changed.extend(app.realms.failed().into_iter().map(|realm| (realm, i64::MAX)));
    for (realm, place) in changed {
        match app.realms.changed_at(realm, place).await {
            Ok(()) => {}
            // The cursor stays where it was: the next tick comes again.
            Err(fault @ (Fault::Unavailable(_) | Fault::Conflict(_))) => return Err(fault),
            // One realm that cannot be read must not make this node deaf to the others.
            Err(fault) => {
                tracing::error!(%realm, "a realm cannot be read anew, its last state stays: {fault}");
                app.realms.note_failed(realm);
            }
        }
    }
    app.revocations.advance(cursor, now);
    Ok(())
}
