//! The user profile configuration (Keycloak's `UPConfig`): which attributes users have, and who may see and change
//! them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::admin::rest::body::Representation;

/// The configuration of a realm.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Config {
    pub(super) attributes: Vec<Attribute>,
    pub(super) groups: Vec<Group>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unmanaged_attribute_policy: Option<Unmanaged>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What becomes of attributes that the configuration does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Unmanaged {
    /// Everybody may have them.
    Enabled,
    /// Administrators may look.
    AdminView,
    /// Administrators may look and change.
    AdminEdit,
}

/// One attribute.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Attribute {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) validations: Option<BTreeMap<String, Option<Map<String, Value>>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) required: Option<Required>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) permissions: Option<Permissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) selector: Option<Selector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    pub(super) multivalued: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_value: Option<String>,
}

/// Who must give an attribute: everybody, when neither roles nor scopes are named.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Required {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) roles: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scopes: Option<BTreeSet<String>>,
}

/// Who may see and change an attribute.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Permissions {
    pub(super) view: BTreeSet<String>,
    pub(super) edit: BTreeSet<String>,
}

/// For which scopes of a login an attribute is asked for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Selector {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scopes: Option<BTreeSet<String>>,
}

/// Attributes that forms show together.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Group {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) annotations: Option<Map<String, Value>>,
}

impl Representation for Config {
    const NAME: &'static str = "UPConfig";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

impl Config {
    /// What a realm has that says nothing else.
    pub(super) fn standard() -> Self {
        serde_json::from_str(include_str!("default.json")).unwrap_or_default()
    }

    /// An attribute by name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name() == name)
    }
}

impl Attribute {
    /// Its name; a checked configuration has no attribute without one.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Whether an administrator must give it.
    pub(super) fn is_required_of_admins(&self) -> bool {
        self.required.as_ref().is_some_and(|required| {
            let named = |names: &Option<BTreeSet<String>>| names.as_ref().is_some_and(|names| !names.is_empty());
            let by_role = required.roles.as_ref().is_some_and(|roles| roles.contains(ADMIN));
            by_role || !(named(&required.roles) || named(&required.scopes))
        })
    }

    /// Whether an administrator may change it. User name and mail address are theirs unless said otherwise.
    pub(super) fn is_edited_by_admins(&self) -> bool {
        match &self.permissions {
            None => matches!(self.name(), "username" | "email"),
            Some(permissions) => permissions.edit.contains(ADMIN),
        }
    }

    /// Whether an administrator may see it.
    pub(super) fn is_seen_by_admins(&self) -> bool {
        let seen = |permissions: &Permissions| permissions.view.contains(ADMIN);
        self.permissions.as_ref().is_some_and(seen) || self.is_edited_by_admins()
    }
}

/// The word for administrators.
pub(super) const ADMIN: &str = "admin";

/// The word for the person itself.
pub(super) const USER: &str = "user";

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn the_standard_one_is_read_and_written_as_it_is() {
        let text = include_str!("default.json");
        let written = serde_json::to_value(Config::standard()).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(text).unwrap());
        assert!(
            Config::standard()
                .attribute("email")
                .is_some_and(|email| !email.is_required_of_admins())
        );
    }
}
