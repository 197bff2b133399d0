//! A realm as it goes out.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::realm::Realm;
use keyward_jose::Sealer;
use serde_json::{Map, Value, json};

use super::{kept, own, smtp};
use crate::admin::keycloak::shown_secret::MASK;
use crate::mail::secrets;

/// What a realm shows beside its own row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// The role that every user holds.
    pub(crate) default_role: Option<Value>,
    /// Paths.
    pub(crate) default_groups: Vec<String>,
    pub(crate) client_profiles: Option<Value>,
    pub(crate) client_policies: Option<Value>,
}

/// Name and what people see.
pub(crate) fn brief(realm: &Realm) -> Value {
    let mut shown = Map::new();
    shown.insert("id".into(), realm.id.to_string().into());
    shown.insert("realm".into(), realm.name.as_str().into());
    if !realm.settings.display_name.is_empty() {
        shown.insert("displayName".into(), realm.settings.display_name.clone().into());
    }
    if let Some(html) = realm.settings.kept.get("displayNameHtml") {
        shown.insert("displayNameHtml".into(), html.clone());
    }
    shown.insert("enabled".into(), realm.enabled.into());
    Value::Object(shown)
}

/// The name alone, for whoever may know no more.
pub(crate) fn named(realm: &Realm) -> Value {
    json!({ "realm": realm.name.as_str() })
}

/// Everything, with secrets masked.
pub(crate) fn whole(realm: &Realm, shown: Shown) -> Map<String, Value> {
    let mut all = kept::defaults();
    all.extend(realm.settings.kept.clone());
    all.extend(row(realm));
    all.extend(brute_force(realm));
    let mut server = all.remove(smtp::MEMBER).unwrap_or_else(|| json!({}));
    if let (Value::Object(server), Some(_)) = (&mut server, &realm.settings.smtp_password) {
        server.insert("password".into(), MASK.into());
    }
    all.insert(smtp::MEMBER.into(), server);
    all.insert("attributes".into(), json!(attributes(realm, &all)));
    if let Some(role) = shown.default_role {
        all.insert("defaultRole".into(), role);
    }
    if !shown.default_groups.is_empty() {
        all.insert("defaultGroups".into(), json!(shown.default_groups));
    }
    all.insert(
        "clientProfiles".into(),
        shown.client_profiles.unwrap_or_else(|| json!({ "profiles": [] })),
    );
    all.insert(
        "clientPolicies".into(),
        shown.client_policies.unwrap_or_else(|| json!({ "policies": [] })),
    );
    all
}

/// The mail server with its secrets, for a file that is to be imported again.
pub(crate) fn smtp_server(realm: &Realm, sealer: &Sealer) -> Result<Value, Fault> {
    let mut server = realm
        .settings
        .kept
        .get(smtp::MEMBER)
        .cloned()
        .unwrap_or_else(|| json!({}));
    if let Value::Object(server) = &mut server {
        let secrets = secrets::open(realm, sealer)?;
        server.extend(secrets.into_iter().map(|(name, secret)| (name, secret.into())));
    }
    Ok(server)
}

fn row(realm: &Realm) -> Map<String, Value> {
    let settings = &realm.settings;
    let sessions = &settings.sessions;
    let mut row = object(json!({
        "id": realm.id.to_string(),
        "realm": realm.name.as_str(),
        "enabled": realm.enabled,
        "notBefore": realm.not_before.secs(),
        "defaultSignatureAlgorithm": settings.default_signature_algorithm.name(),
        "revokeRefreshToken": settings.revoke_refresh_token,
        "accessTokenLifespan": settings.access_token_lifespan.secs(),
        "ssoSessionIdleTimeout": sessions.sso_session_idle_timeout,
        "ssoSessionMaxLifespan": sessions.sso_session_max_lifespan,
        "offlineSessionIdleTimeout": sessions.offline_session_idle_timeout,
        "offlineSessionMaxLifespan": sessions.offline_session_max_lifespan,
        "offlineSessionMaxLifespanEnabled": sessions.offline_session_max_lifespan_enabled,
        "clientSessionIdleTimeout": sessions.client_session_idle_timeout,
        "clientSessionMaxLifespan": sessions.client_session_max_lifespan,
        "clientOfflineSessionIdleTimeout": sessions.client_offline_session_idle_timeout,
        "clientOfflineSessionMaxLifespan": sessions.client_offline_session_max_lifespan,
        "accessCodeLifespan": sessions.access_code_lifespan,
        "accessCodeLifespanLogin": sessions.access_code_lifespan_login,
        "loginWithEmailAllowed": settings.login_with_email,
        "duplicateEmailsAllowed": settings.duplicate_emails,
    }));
    for (name, default) in [("oauth2DeviceCodeLifespan", 600), ("oauth2DevicePollingInterval", 5)] {
        let said = settings.attributes.get(name).and_then(|text| text.parse::<i64>().ok());
        row.insert(name.into(), said.unwrap_or(default).into());
    }
    if !settings.display_name.is_empty() {
        row.insert("displayName".into(), settings.display_name.clone().into());
    }
    let policy = settings.password_policy.to_string();
    if !policy.is_empty() {
        row.insert("passwordPolicy".into(), policy.into());
    }
    row
}

fn brute_force(realm: &Realm) -> Map<String, Value> {
    let brute_force = &realm.settings.brute_force;
    object(json!({
        "bruteForceProtected": brute_force.protected,
        "permanentLockout": brute_force.permanent_lockout,
        "maxTemporaryLockouts": brute_force.max_temporary_lockouts,
        "bruteForceStrategy": brute_force.strategy,
        "maxFailureWaitSeconds": brute_force.max_failure_wait_seconds,
        "minimumQuickLoginWaitSeconds": brute_force.minimum_quick_login_wait_seconds,
        "waitIncrementSeconds": brute_force.wait_increment_seconds,
        "quickLoginCheckMilliSeconds": brute_force.quick_login_check_milli_seconds,
        "maxDeltaTimeSeconds": brute_force.max_delta_time_seconds,
        "failureFactor": brute_force.failure_factor,
    }))
}

/// Its own, and those that every realm shows.
fn attributes(realm: &Realm, members: &Map<String, Value>) -> BTreeMap<String, String> {
    let always = kept::ATTRIBUTES.iter();
    let mut all: BTreeMap<String, String> = always
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if members.get("otpPolicyCodeReusable") == Some(&Value::Bool(true)) {
        all.insert("realmReusableOtpCode".into(), "true".into());
    }
    all.extend(realm.settings.attributes.clone());
    own::show(&realm.settings, &mut all);
    all
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
