//! What the admin console asks first: who somebody is, and what they may do in which realm.

use serde_json::{Map, Value, json};

use super::rest::rights::{ADMIN_ROLES, Rights};
use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

/// The client of the admin console: it alone may ask.
const CONSOLE: &str = "security-admin-console";

pub(crate) static ROUTES: &[Route] = &[route!(GET "/admin/{realm}/console/whoami", Need::Token, Offered::Full, whoami)];

async fn whoami(call: &AdminCall) -> Result<Answer, AdminError> {
    let caller = &call.caller;
    if caller.realm.realm.id != call.realm_id()? {
        return Err(AdminError::Unauthorized);
    }
    if caller.client_id != CONSOLE {
        let text = format!(
            "Token issued for an application that is not the admin console: {}",
            caller.client_id
        );
        return Err(AdminError::ForbiddenFor(text));
    }
    let mut access = Map::new();
    for name in names(call).await? {
        let roles = held(caller.rights(&name));
        if !roles.is_empty() {
            access.insert(name, roles.into());
        }
    }
    if access.is_empty() {
        return Err(AdminError::ForbiddenFor("No realm access".into()));
    }
    let user = &caller.subject.user;
    let parts = [&user.profile.first_name, &user.profile.last_name];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    let name = if parts.is_empty() {
        user.username.clone()
    } else {
        parts.join(" ")
    };
    Ok(Answer::json(&json!({
        "userId": user.id,
        "realm": caller.realm.realm.name.as_str(),
        "displayName": name,
        "locale": "en",
        "temporary": false,
        "createRealm": caller.may_create_realms(),
        "realm_access": access,
    })))
}

/// The realms that the caller may have a say in.
async fn names(call: &AdminCall) -> Result<Vec<String>, AdminError> {
    if !call.caller.is_of_master() {
        return Ok(vec![call.caller.realm.realm.name.to_string()]);
    }
    let realms = call.read().await?.realms().await?;
    Ok(realms.into_iter().map(|realm| realm.name.to_string()).collect())
}

fn held(rights: Rights) -> Vec<Value> {
    let held = ADMIN_ROLES.iter().filter(|role| rights.any_of(&[role]));
    held.map(|role| Value::from(*role)).collect()
}
