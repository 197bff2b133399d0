//! The user profile: which attributes users have, who sees and changes them, and what their values must be. As in
//! Keycloak it is one document of the realm, and it holds for what the admin API writes.

mod checked;
mod config;
mod http;
pub(crate) mod merge;
mod metadata;
mod rules;
pub(crate) mod show;
mod validator;

pub(super) use http::{get, metadata_of_new, put};
pub(crate) use merge::merge;
pub(crate) use rules::Rules;

use keyward_domain::user::User;
use serde::Deserialize as _;
use serde_json::Value;

/// Whether a configuration that came in a realm file can be read.
pub(crate) fn is_readable(body: &Value) -> bool {
    config::Config::deserialize(body).is_ok()
}

/// What a realm has that says nothing else, and users with any attribute.
pub(crate) fn with_any_attribute() -> Value {
    let mut config = serde_json::to_value(config::Config::standard()).unwrap_or_default();
    crate::admin::documents::set(&mut config, "unmanagedAttributePolicy", "ENABLED");
    config
}

/// The rules as a form for a user needs them.
pub(super) fn metadata(rules: &Rules, user: &User) -> Value {
    metadata::of(rules, Some(user))
}
