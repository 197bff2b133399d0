//! What comes in, applied to a realm.

use std::collections::BTreeMap;

use keyward_domain::policy::lifetime::{AccessTokenLifespan, LONGEST_ON_REQUEST_SECS, LONGEST_SECS};
use keyward_domain::realm::{Realm, RealmSettings};
use keyward_domain::{Fault, Timestamp};
use keyward_jose::{Algorithm, Sealer};
use serde_json::Value;

use super::kept;
use super::{RealmRepresentation, own, smtp};
use crate::admin::keycloak::lenient::Texts;

/// What an administrator should know of what was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) member: &'static str,
    pub(crate) kind: ChangedKind,
    pub(crate) text: String,
}

/// What became of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangedKind {
    /// It was brought within bounds.
    Clamped,
    /// It stays as it was: the server does not offer it.
    NotOffered,
    /// It is kept as it came, and something about it should be known.
    Kept,
}

/// A setting that cannot be.
#[derive(Debug)]
pub(crate) enum SettingsError {
    /// A member has a value that it cannot have.
    Member(String, String),
    /// Ours.
    Fault(Fault),
}

impl From<Fault> for SettingsError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl RealmRepresentation {
    /// Applies the settings. Name and default groups are the caller's: they need more than the realm's own row.
    pub(crate) fn apply(mut self, realm: &mut Realm, sealer: &Sealer) -> Result<Vec<Changed>, SettingsError> {
        let mut changed = Vec::new();
        if let Some(enabled) = self.enabled {
            realm.enabled = enabled;
        }
        if let Some(secs) = self.not_before {
            realm.not_before = Timestamp::from_secs(secs);
        }
        self.attributes_into(&mut realm.settings);
        self.lifespans_into(&mut realm.settings, &mut changed);
        self.brute_force_into(&mut realm.settings);
        self.login_into(&mut realm.settings, &mut changed)?;
        if let Some(server) = self.smtp_server.take() {
            smtp::apply(told(server), realm, sealer)?;
        }
        keep(std::mem::take(&mut self.rest), &mut realm.settings)?;
        Ok(changed)
    }

    fn attributes_into(&mut self, settings: &mut RealmSettings) {
        if let Some(attributes) = self.attributes.take() {
            settings.attributes = told(attributes);
            own::take(settings);
        }
        // Keycloak keeps these as attributes and shows them twice; the member wins.
        let twice = [
            ("oauth2DeviceCodeLifespan", self.oauth2_device_code_lifespan),
            ("oauth2DevicePollingInterval", self.oauth2_device_polling_interval),
        ];
        for (name, number) in twice {
            if let Some(number) = number {
                settings.attributes.insert(name.to_owned(), number.to_string());
            }
        }
    }

    fn lifespans_into(&self, settings: &mut RealmSettings, changed: &mut Vec<Changed>) {
        if let Some(secs) = self.access_token_lifespan {
            settings.access_token_lifespan = access_token_lifespan(secs, changed);
        }
        let sessions = &mut settings.sessions;
        for (place, secs) in [
            (&mut sessions.sso_session_idle_timeout, self.sso_session_idle_timeout),
            (&mut sessions.sso_session_max_lifespan, self.sso_session_max_lifespan),
            (
                &mut sessions.offline_session_idle_timeout,
                self.offline_session_idle_timeout,
            ),
            (
                &mut sessions.offline_session_max_lifespan,
                self.offline_session_max_lifespan,
            ),
            (
                &mut sessions.client_session_idle_timeout,
                self.client_session_idle_timeout,
            ),
            (
                &mut sessions.client_session_max_lifespan,
                self.client_session_max_lifespan,
            ),
            (
                &mut sessions.client_offline_session_idle_timeout,
                self.client_offline_session_idle_timeout,
            ),
            (
                &mut sessions.client_offline_session_max_lifespan,
                self.client_offline_session_max_lifespan,
            ),
            (&mut sessions.access_code_lifespan, self.access_code_lifespan),
            (
                &mut sessions.access_code_lifespan_login,
                self.access_code_lifespan_login,
            ),
        ] {
            set(place, secs);
        }
        if let Some(flag) = self.offline_session_max_lifespan_enabled {
            sessions.offline_session_max_lifespan_enabled = flag;
        }
        if sessions.access_code_lifespan > 60 {
            changed.push(Changed {
                member: "accessCodeLifespan",
                kind: ChangedKind::Clamped,
                text: "a code works 60 seconds at most".into(),
            });
        }
    }

    fn brute_force_into(&self, settings: &mut RealmSettings) {
        let brute_force = &mut settings.brute_force;
        for (place, flag) in [
            (&mut brute_force.protected, self.brute_force_protected),
            (&mut brute_force.permanent_lockout, self.permanent_lockout),
        ] {
            if let Some(flag) = flag {
                *place = flag;
            }
        }
        if let Some(strategy) = self.brute_force_strategy {
            brute_force.strategy = strategy;
        }
        for (place, number) in [
            (&mut brute_force.max_temporary_lockouts, self.max_temporary_lockouts),
            (&mut brute_force.max_failure_wait_seconds, self.max_failure_wait_seconds),
            (
                &mut brute_force.minimum_quick_login_wait_seconds,
                self.minimum_quick_login_wait_seconds,
            ),
            (&mut brute_force.wait_increment_seconds, self.wait_increment_seconds),
            (
                &mut brute_force.quick_login_check_milli_seconds,
                self.quick_login_check_milli_seconds,
            ),
            (&mut brute_force.max_delta_time_seconds, self.max_delta_time_seconds),
            (&mut brute_force.failure_factor, self.failure_factor),
        ] {
            set(place, number);
        }
    }

    fn login_into(&mut self, settings: &mut RealmSettings, changed: &mut Vec<Changed>) -> Result<(), SettingsError> {
        if let Some(name) = self.display_name.take() {
            settings.display_name = name;
        }
        for (place, flag) in [
            (&mut settings.login_with_email, self.login_with_email_allowed),
            (&mut settings.duplicate_emails, self.duplicate_emails_allowed),
            (&mut settings.revoke_refresh_token, self.revoke_refresh_token),
        ] {
            if let Some(flag) = flag {
                *place = flag;
            }
        }
        // Who could be meant by an address that several people have?
        if settings.duplicate_emails && self.login_with_email_allowed.is_none() {
            settings.login_with_email = false;
        }
        if let Some(name) = self.default_signature_algorithm.take() {
            match Algorithm::parse(&name) {
                Some(algorithm) => settings.default_signature_algorithm = algorithm,
                None => changed.push(Changed {
                    member: "defaultSignatureAlgorithm",
                    kind: ChangedKind::NotOffered,
                    text: format!("{name:?} is not offered"),
                }),
            }
        }
        if let Some(text) = self.password_policy.take() {
            let parsed = text.parse();
            settings.password_policy =
                parsed.map_err(|error: keyward_domain::policy::password::PasswordPolicyError| {
                    member("passwordPolicy", &error)
                })?;
        }
        Ok(())
    }
}

/// Without those that were taken away.
fn told(texts: Texts) -> BTreeMap<String, String> {
    let pairs = texts.into_iter();
    pairs.filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Keeps what nothing here reads.
fn keep(rest: serde_json::Map<String, Value>, settings: &mut RealmSettings) -> Result<(), SettingsError> {
    for (name, value) in rest {
        let Some(kind) = kept::kind(&name) else {
            continue;
        };
        match kind.normal(&value) {
            Some(Value::Object(members)) if name == "browserSecurityHeaders" => {
                let mut all = settings.kept.remove(&name).unwrap_or_else(kept::security_headers);
                if let Value::Object(all) = &mut all {
                    all.extend(members);
                }
                settings.kept.insert(name, all);
            }
            Some(value) => {
                settings.kept.insert(name, value);
            }
            // A null leaves alone, as in Keycloak.
            None if value.is_null() => {}
            None => return Err(SettingsError::Member(name, "has a value of another type".into())),
        }
    }
    Ok(())
}

/// Brings it within a day; above fifteen minutes it is said that it is long.
fn access_token_lifespan(secs: i64, changed: &mut Vec<Changed>) -> AccessTokenLifespan {
    let most = i64::from(LONGEST_ON_REQUEST_SECS);
    let within = secs.clamp(1, most);
    let fits = u32::try_from(within).unwrap_or(LONGEST_SECS);
    let (kind, text) = if within != secs {
        (ChangedKind::Clamped, format!("{secs} seconds became {within}"))
    } else if within > i64::from(LONGEST_SECS) {
        let text = format!("access tokens live {secs} seconds: whoever steals one can use it for so long");
        (ChangedKind::Kept, text)
    } else {
        return AccessTokenLifespan::long(fits).unwrap_or_default();
    };
    changed.push(Changed {
        member: "accessTokenLifespan",
        kind,
        text,
    });
    AccessTokenLifespan::long(fits).unwrap_or_default()
}

fn set(place: &mut u32, number: Option<i64>) {
    if let Some(number) = number {
        *place = u32::try_from(number.max(0)).unwrap_or(u32::MAX);
    }
}

fn member(name: &str, error: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::Member(name.to_owned(), error.to_string())
}
