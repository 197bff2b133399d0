//! Removing a realm with everything in it.

use super::master::Master;
use crate::admin::rest::rights::MASTER;
use crate::admin::rest::{AdminCall, AdminError, Answer, Done, Operation};

/// Removes it. Master stays.
pub(super) async fn delete(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = &call.realm()?.realm;
    if realm.name.as_str() == MASTER {
        return Err(AdminError::invalid("Can't remove master realm"));
    }
    let mut tx = call.write().await?;
    if !tx.delete_realm(realm.id).await? {
        return Err(AdminError::not_found("Realm not found."));
    }
    let master = Master::in_memory(&call.app).await?;
    if let Some(master) = &master {
        master.dismiss(&mut *tx, &realm.name, call.cx.now).await?;
    }
    let done = Done::new(Operation::Delete, "REALM", "");
    call.commit_in(tx, realm.id, realm.name.as_str(), done).await?;
    if let Some(master) = master {
        call.app.realms.changed(master.realm.id).await?;
    }
    Ok(Answer::no_content())
}
