//! `RealmRepresentation`: a realm's settings, as they come in and as they go out. What else a realm file carries
//! (clients, users, …) is read by `import`.

mod kept;
mod own;
mod read;
mod show;
mod smtp;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use kept::{PARTS, is_unusual};
pub(crate) use own::COMPLETE;
pub(crate) use read::{ChangedKind, SettingsError};
pub(crate) use show::{Shown, brief, named, smtp_server, whole};
pub(crate) use smtp::{as_text, is_stored_server, open_password};

use super::lenient::{self, Texts};
use crate::admin::rest::body::Representation;

/// A realm as it comes in. Absent members are left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RealmRepresentation {
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) realm: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) display_name: Option<String>,
    #[serde(deserialize_with = "lenient::switch")]
    pub(crate) enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::whole")]
    pub(crate) not_before: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    default_signature_algorithm: Option<String>,
    #[serde(deserialize_with = "lenient::switch")]
    revoke_refresh_token: Option<bool>,
    #[serde(deserialize_with = "lenient::whole")]
    access_token_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    sso_session_idle_timeout: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    sso_session_max_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    offline_session_idle_timeout: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    offline_session_max_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::switch")]
    offline_session_max_lifespan_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::whole")]
    client_session_idle_timeout: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    client_session_max_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    client_offline_session_idle_timeout: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    client_offline_session_max_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    access_code_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    access_code_lifespan_login: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    oauth2_device_code_lifespan: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    oauth2_device_polling_interval: Option<i64>,
    #[serde(deserialize_with = "lenient::switch")]
    login_with_email_allowed: Option<bool>,
    #[serde(deserialize_with = "lenient::switch")]
    duplicate_emails_allowed: Option<bool>,
    #[serde(deserialize_with = "lenient::switch")]
    brute_force_protected: Option<bool>,
    #[serde(deserialize_with = "lenient::switch")]
    permanent_lockout: Option<bool>,
    #[serde(deserialize_with = "lenient::whole")]
    max_temporary_lockouts: Option<i64>,
    brute_force_strategy: Option<keyward_domain::policy::lockout::Strategy>,
    #[serde(deserialize_with = "lenient::whole")]
    max_failure_wait_seconds: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    minimum_quick_login_wait_seconds: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    wait_increment_seconds: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    quick_login_check_milli_seconds: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    max_delta_time_seconds: Option<i64>,
    #[serde(deserialize_with = "lenient::whole")]
    failure_factor: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    password_policy: Option<String>,
    #[serde(deserialize_with = "lenient::texts")]
    attributes: Option<Texts>,
    #[serde(deserialize_with = "lenient::texts")]
    smtp_server: Option<Texts>,
    /// Paths.
    pub(crate) default_groups: Option<Vec<String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for RealmRepresentation {
    const NAME: &'static str = "RealmRepresentation";
    const KEPT: &'static [&'static str] = &kept::ALL;

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

impl RealmRepresentation {
    /// Takes an attribute out of it.
    pub(crate) fn take_attribute(&mut self, name: &str) -> Option<String> {
        self.attributes.as_mut()?.remove(name).flatten()
    }
}
