//! What a server has in memory of a realm.

use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// `POST …/clear-realm-cache`, and those of users, keys and revocation lists: every node reads the realm anew.
pub(super) async fn clear(call: &AdminCall) -> Result<Answer, AdminError> {
    let tx = call.write().await?;
    let path = call.resource_path();
    call.commit(tx, Done::new(Operation::Action, "REALM", path)).await?;
    Ok(Answer::no_content())
}
