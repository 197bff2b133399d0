//! The mail server of a realm: its secrets are sealed, the rest is kept as it came.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_jose::Sealer;
use serde_json::{Map, Value};

use super::SettingsError;
use crate::admin::keycloak::shown_secret::MASK;
use crate::mail::{MailError, secrets};

/// Members that are secrets.
const SECRETS: [&str; 2] = ["password", "authTokenClientSecret"];

/// Members that say to whom a secret goes, and how.
const WHERE_TO: [&str; 7] = [
    "host",
    "port",
    "user",
    "ssl",
    "starttls",
    "authTokenUrl",
    "authTokenClientId",
];

/// The member of the representation.
pub(super) const MEMBER: &str = "smtpServer";

/// Replaces the mail server.
pub(super) fn apply(
    mut server: BTreeMap<String, String>,
    realm: &mut Realm,
    sealer: &Sealer,
) -> Result<(), SettingsError> {
    if !server.is_empty() {
        check_sender(server.get("from").map(String::as_str))?;
    }
    let mut secrets = secrets::open(realm, sealer)?;
    let is_same = is_stored_server(realm, |name| server.get(name).cloned());
    for name in SECRETS {
        match server.remove(name) {
            Some(value) if value == MASK && (is_same || !secrets.contains_key(name)) => {}
            // Whoever may change the server but not see its secret must not have it sent to a server of their own.
            Some(value) if value == MASK => {
                let text = "must be given again: the one that is kept is for another server".to_owned();
                return Err(SettingsError::Member(format!("{MEMBER}.{name}"), text));
            }
            Some(value) if !value.is_empty() => {
                secrets.insert(name.to_owned(), value);
            }
            Some(_) | None => {
                secrets.remove(name);
            }
        }
    }
    realm.settings.smtp_password = if secrets.is_empty() {
        None
    } else {
        Some(secrets::seal(realm.id, &secrets, sealer)?)
    };
    let server: Map<String, Value> = server.into_iter().map(|(name, text)| (name, text.into())).collect();
    realm.settings.kept.insert(MEMBER.into(), server.into());
    Ok(())
}

/// Whether settings are of the server that the kept secrets are for.
pub(crate) fn is_stored_server(realm: &Realm, member: impl Fn(&str) -> Option<String>) -> bool {
    let stored = realm.settings.kept.get(MEMBER).and_then(Value::as_object);
    let stored = |name: &str| stored?.get(name).map(as_text);
    WHERE_TO.iter().all(|name| stored(name) == member(name))
}

/// A member as Keycloak keeps it.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Keycloak's rule and its words.
fn check_sender(from: Option<&str>) -> Result<(), SettingsError> {
    let fits = from.is_some_and(|from| {
        let parts = from.rsplit_once('@');
        let full = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        full && from.is_ascii() && !from.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    if fits {
        return Ok(());
    }
    let error = match from {
        None | Some("") => MailError::NoSender,
        Some(from) => MailError::Sender(from.to_owned()),
    };
    Err(SettingsError::Member(MEMBER.into(), error.to_string()))
}

/// The password of the mail server.
pub(crate) fn open_password(realm: &Realm, sealer: &Sealer) -> Result<Option<Secret>, Fault> {
    Ok(secrets::open(realm, sealer)?.remove("password").map(Secret::new))
}
