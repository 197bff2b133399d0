//! `DELETE events` and `DELETE admin-events`. That somebody cleared them stays in the audit log; Keycloak's lists, which
//! are empty after this, do not show it.

use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// The resource type of what these lists do not show.
pub(super) const HIDDEN: &str = "EVENTS";

/// Removes what people and clients did.
pub(super) async fn events(call: &AdminCall) -> Result<Answer, AdminError> {
    // What waits happened before.
    call.app.user_events.write(call.app.store()).await?;
    let mut tx = call.write().await?;
    tx.delete_user_events(call.realm_id()?).await?;
    call.commit(tx, Done::new(Operation::Delete, HIDDEN, "events").of_nothing())
        .await?;
    Ok(Answer::no_content())
}

/// Removes what administrators did.
pub(super) async fn admin_events(call: &AdminCall) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    tx.delete_events(call.realm()?.realm.name.as_str(), &["admin_change"])
        .await?;
    call.commit(tx, Done::new(Operation::Delete, HIDDEN, "admin-events").of_nothing())
        .await?;
    Ok(Answer::no_content())
}
