//! The profile rules of one realm, as an administrator meets them.

use std::sync::{Arc, LazyLock};

use keyward_domain::Fault;
use keyward_domain::document::DocumentKind;
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;
use keyward_domain::user::{Attributes, User};
use serde_json::Value;

use super::config::{Attribute, Config, Unmanaged};

/// The attributes that have members of their own in the representation.
pub(super) const ROOT: [&str; 4] = ["username", "email", "firstName", "lastName"];

/// The language: an attribute that a realm with several has by itself.
pub(super) const LOCALE: &str = "locale";

/// What most realms have, parsed once: every list of users asks for it.
static STANDARD: LazyLock<Arc<Config>> = LazyLock::new(|| Arc::new(Config::standard()));

/// What the realm says of its users' attributes.
pub(crate) struct Rules {
    pub(super) config: Arc<Config>,
    /// Whether user names may change.
    edit_username: bool,
    /// Whether the mail address is the user name.
    pub(super) email_as_username: bool,
    /// Whether the realm speaks several languages.
    internationalized: bool,
}

impl Rules {
    /// Reads them.
    pub(crate) async fn read(tx: &mut dyn Tx, realm: &Realm) -> Result<Self, Fault> {
        let documents = tx.documents(realm.id, DocumentKind::UserProfile).await?;
        let config = match documents.into_iter().next() {
            None => Arc::clone(&STANDARD),
            Some(document) => serde_json::from_value(document.body)
                .map(Arc::new)
                .map_err(|error| Fault::Corrupt(format!("user profile of realm {}: {error}", realm.name)))?,
        };
        Ok(Self::new(config, realm))
    }

    pub(super) fn new(config: Arc<Config>, realm: &Realm) -> Self {
        let switch = |name| realm.settings.kept.get(name).and_then(Value::as_bool) == Some(true);
        Self {
            config,
            edit_username: switch("editUsernameAllowed"),
            email_as_username: switch("registrationEmailAsUsername"),
            internationalized: switch("internationalizationEnabled"),
        }
    }

    /// Whether the configuration, or the realm, knows an attribute.
    pub(super) fn is_managed(&self, name: &str) -> bool {
        self.config.attribute(name).is_some() || self.has_locale(name)
    }

    /// Whether an administrator may change an attribute of a user, or of one to be.
    pub(super) fn is_writable(&self, name: &str, existing: Option<&User>) -> bool {
        match self.config.attribute(name) {
            Some(_) if name == "username" => existing.is_none() || self.edit_username || self.email_as_username,
            Some(attribute) => attribute.is_edited_by_admins(),
            None if self.has_locale(name) => true,
            None => matches!(
                self.config.unmanaged_attribute_policy,
                Some(Unmanaged::Enabled | Unmanaged::AdminEdit)
            ),
        }
    }

    /// Whether an administrator may see an attribute.
    pub(super) fn is_readable(&self, name: &str) -> bool {
        match self.config.attribute(name) {
            Some(attribute) => attribute.is_seen_by_admins(),
            None if self.has_locale(name) => true,
            None => self.config.unmanaged_attribute_policy.is_some(),
        }
    }

    /// Whether an administrator must give an attribute.
    pub(super) fn is_required(&self, name: &str) -> bool {
        let by_config = |name| {
            self.config
                .attribute(name)
                .is_some_and(Attribute::is_required_of_admins)
        };
        match name {
            "username" => true,
            "email" => self.email_as_username || by_config(name),
            _ => by_config(name),
        }
    }

    pub(super) fn has_locale(&self, name: &str) -> bool {
        name == LOCALE && self.internationalized
    }
}

/// All attributes of a user by name, those with members of their own too.
pub(super) fn flat(user: &User) -> Attributes {
    let profile = &user.profile;
    let mut all = profile.attributes.clone();
    let root = [
        ("username", Some(&user.username)),
        ("email", profile.email.as_ref()),
        ("firstName", profile.first_name.as_ref()),
        ("lastName", profile.last_name.as_ref()),
    ];
    for (name, value) in root {
        if let Some(value) = value {
            all.insert(name.to_owned(), vec![value.clone()]);
        }
    }
    all
}
