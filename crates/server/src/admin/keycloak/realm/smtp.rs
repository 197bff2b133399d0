//! The mail server of a realm: its secrets are sealed, the rest is kept as it came.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::realm::Realm;
use keyward_domain::secret::Secret;
use keyward_jose::Sealer;
use serde_json::{Map, Value};

use super::SettingsError;
use crate::mail::secrets;

/// Members that are secrets.
const SECRETS: [&str; 2] = ["password", "authTokenClientSecret"];

/// What goes out for a secret, and what comes back for one that stays.
pub(super) const MASK: &str = "**********";

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
    for name in SECRETS {
        match server.remove(name) {
            Some(value) if value == MASK => {}
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
    Err(SettingsError::Member(
        MEMBER.into(),
        format!(
            "Invalid sender address '{}'. If the address contains UTF-8 characters in the local part please ensure the \
             SMTP server supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration.",
            from.unwrap_or("null")
        ),
    ))
}

/// The password of the mail server.
pub(crate) fn open_password(realm: &Realm, sealer: &Sealer) -> Result<Option<Secret>, Fault> {
    Ok(secrets::open(realm, sealer)?.remove("password").map(Secret::new))
}
