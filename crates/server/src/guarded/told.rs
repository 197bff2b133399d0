//! What is told about an access token that came back, by the mappers of its client.

use keyward_domain::Timestamp;
use keyward_domain::client::ClientSettings;
use keyward_domain::policy::claims::Moment;
use keyward_domain::policy::scope::OPENID;
use keyward_guard::Caller;

/// The scopes of a token: what every token of the client carries, and what this one names and the client may still
/// have.
pub(crate) fn granted<'a>(settings: &'a ClientSettings, caller: &'a Caller) -> Vec<&'a str> {
    let mut granted: Vec<&str> = settings.default_scopes.iter().map(String::as_str).collect();
    for name in caller.scope().iter() {
        let may = name == OPENID || settings.optional_scopes.iter().any(|optional| optional == name);
        if may && !granted.contains(&name) {
            granted.push(name);
        }
    }
    granted
}

/// What the token says of the moment at which it was made.
pub(crate) fn moment(caller: &Caller) -> Moment {
    let claims = caller.claims();
    let auth_time = claims.get("auth_time").and_then(serde_json::Value::as_i64);
    let sid = claims.get("sid").and_then(serde_json::Value::as_str);
    Moment {
        client_address: None,
        auth_time: auth_time.map(Timestamp::from_secs),
        session: sid.and_then(|sid| sid.parse().ok()),
    }
}
