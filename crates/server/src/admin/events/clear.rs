//! `DELETE events` and `DELETE admin-events`. That somebody cleared them stays in the audit log; Keycloak's lists, which
//! are empty after this, do not show it.

use crate::admin::keycloak::event;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// The resource type of what these lists do not show.
pub(super) const HIDDEN: &str = "EVENTS";

/// Removes what people and clients did.
pub(super) async fn events(call: &AdminCall) -> Result<Answer, AdminError> {
    let names = event::names(&[]);
    clear(call, &names.iter().map(String::as_str).collect::<Vec<_>>(), "events").await
}

/// Removes what administrators did.
pub(super) async fn admin_events(call: &AdminCall) -> Result<Answer, AdminError> {
    clear(call, &["admin_change"], "admin-events").await
}

async fn clear(call: &AdminCall, names: &[&str], path: &str) -> Result<Answer, AdminError> {
    let mut tx = call.write().await?;
    tx.delete_events(call.realm()?.realm.name.as_str(), names).await?;
    call.commit(tx, Done::new(Operation::Delete, HIDDEN, path).of_nothing())
        .await?;
    Ok(Answer::no_content())
}
