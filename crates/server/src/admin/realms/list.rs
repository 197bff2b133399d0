//! The realms that a caller administers.

use serde_json::Value;

use super::show;
use crate::admin::keycloak::realm;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};

/// Lists them: whole or in brief where the caller may see the settings, by name where they hold some other admin role.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let brief = call.query.flag("briefRepresentation").unwrap_or(false);
    let mut shown: Vec<Value> = Vec::new();
    for row in call.read().await?.realms().await? {
        let rights = call.caller.rights(row.name.as_str());
        if !Need::ViewRealm.is_met_by(rights) {
            shown.extend(show::may_know(rights).then(|| realm::named(&row)));
        } else if brief {
            shown.push(realm::brief(&row));
        } else if let Some(snapshot) = call.app.realms.get(row.name.as_str()).await? {
            shown.push(Value::Object(show::whole(call, &snapshot).await?));
        }
    }
    if shown.is_empty() {
        return Err(AdminError::Forbidden);
    }
    Ok(Answer::json(&shown))
}
