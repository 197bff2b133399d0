//! Members of a realm that nothing here reads: what they are, and what a new realm has.

use serde_json::{Map, Value, json};

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Flag,
    Number,
    Text,
    Texts,
    Object,
}

use Kind::{Flag, Number, Object, Text, Texts};

/// Settings that are kept and given back.
pub(super) const SETTINGS: [(&str, Kind); 82] = [
    ("accessTokenLifespanForImplicitFlow", Number),
    ("accessCodeLifespanUserAction", Number),
    ("accountTheme", Text),
    ("actionTokenGeneratedByAdminLifespan", Number),
    ("actionTokenGeneratedByUserLifespan", Number),
    ("adminEventsDetailsEnabled", Flag),
    ("adminEventsEnabled", Flag),
    ("adminPermissionsEnabled", Flag),
    ("adminTheme", Text),
    ("browserFlow", Text),
    ("browserSecurityHeaders", Object),
    ("clientAuthenticationFlow", Text),
    ("defaultLocale", Text),
    ("directGrantFlow", Text),
    ("displayNameHtml", Text),
    ("dockerAuthenticationFlow", Text),
    ("editUsernameAllowed", Flag),
    ("emailTheme", Text),
    ("enabledEventTypes", Texts),
    ("eventsEnabled", Flag),
    ("eventsExpiration", Number),
    ("eventsListeners", Texts),
    ("firstBrokerLoginFlow", Text),
    ("internationalizationEnabled", Flag),
    ("loginTheme", Text),
    ("maxSecondaryAuthFailures", Number),
    ("organizationsEnabled", Flag),
    ("otpPolicyAlgorithm", Text),
    ("otpPolicyCodeReusable", Flag),
    ("otpPolicyDigits", Number),
    ("otpPolicyInitialCounter", Number),
    ("otpPolicyLookAheadWindow", Number),
    ("otpPolicyPeriod", Number),
    ("otpPolicyType", Text),
    ("otpSupportedApplications", Texts),
    ("passwordCredentialGrantAllowed", Flag),
    ("realmCacheEnabled", Flag),
    ("refreshTokenMaxReuse", Number),
    ("registrationAllowed", Flag),
    ("registrationEmailAsUsername", Flag),
    ("registrationFlow", Text),
    ("rememberMe", Flag),
    ("requiredCredentials", Texts),
    ("resetCredentialsFlow", Text),
    ("resetPasswordAllowed", Flag),
    ("scimApiEnabled", Flag),
    ("sslRequired", Text),
    ("ssoSessionIdleTimeoutRememberMe", Number),
    ("ssoSessionMaxLifespanRememberMe", Number),
    ("supportedLocales", Texts),
    ("userCacheEnabled", Flag),
    ("userManagedAccessAllowed", Flag),
    ("verifiableCredentialsEnabled", Flag),
    ("verifyEmail", Flag),
    ("webAuthnPolicyAcceptableAaguids", Texts),
    ("webAuthnPolicyAttestationConveyancePreference", Text),
    ("webAuthnPolicyAuthenticatorAttachment", Text),
    ("webAuthnPolicyAvoidSameAuthenticatorRegister", Flag),
    ("webAuthnPolicyCreateTimeout", Number),
    ("webAuthnPolicyExtraOrigins", Texts),
    ("webAuthnPolicyRequireResidentKey", Text),
    ("webAuthnPolicyResidentKey", Text),
    ("webAuthnPolicyRpEntityName", Text),
    ("webAuthnPolicyRpId", Text),
    ("webAuthnPolicySignatureAlgorithms", Texts),
    ("webAuthnPolicyUserVerificationRequirement", Text),
    ("webAuthnPolicyPasswordlessAcceptableAaguids", Texts),
    ("webAuthnPolicyPasswordlessAttestationConveyancePreference", Text),
    ("webAuthnPolicyPasswordlessAuthenticatorAttachment", Text),
    ("webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister", Flag),
    ("webAuthnPolicyPasswordlessCreateTimeout", Number),
    ("webAuthnPolicyPasswordlessExtraOrigins", Texts),
    ("webAuthnPolicyPasswordlessPasskeysEnabled", Flag),
    ("webAuthnPolicyPasswordlessRequireResidentKey", Text),
    ("webAuthnPolicyPasswordlessResidentKey", Text),
    ("webAuthnPolicyPasswordlessRpEntityName", Text),
    ("webAuthnPolicyPasswordlessRpId", Text),
    ("webAuthnPolicyPasswordlessSignatureAlgorithms", Texts),
    ("webAuthnPolicyPasswordlessUserVerificationRequirement", Text),
    // Keys of realms of very old versions, and what they logged in with.
    ("certificate", Text),
    ("publicKey", Text),
    ("social", Flag),
];

/// Members that are no settings: `import` reads them, and some have resources of their own.
pub(crate) const PARTS: [&str; 32] = [
    "adminPermissionsClient",
    "applicationScopeMappings",
    "applications",
    "authenticationFlows",
    "authenticatorConfig",
    "clientPolicies",
    "clientProfiles",
    "clientScopeMappings",
    "clientScopes",
    "clientTemplates",
    "clients",
    "codeSecret",
    "components",
    "defaultDefaultClientScopes",
    "defaultOptionalClientScopes",
    "defaultRole",
    "defaultRoles",
    "federatedUsers",
    "groups",
    "identityProviderMappers",
    "identityProviders",
    "keycloakVersion",
    "localizationTexts",
    "oauthClients",
    "organizations",
    "privateKey",
    "protocolMappers",
    "requiredActions",
    "roles",
    "scopeMappings",
    "userFederationProviders",
    "users",
];

/// Old words for identity providers.
const OLD: [&str; 3] = [
    "socialProviders",
    "updateProfileOnInitialSocialLogin",
    "userFederationMappers",
];

/// Every member that Keycloak knows beside the typed ones.
#[expect(
    clippy::indexing_slicing,
    reason = "it is computed by the compiler, which would say so"
)]
pub(super) const ALL: [&str; SETTINGS.len() + PARTS.len() + OLD.len()] = {
    let mut all = [""; SETTINGS.len() + PARTS.len() + OLD.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < SETTINGS.len() {
            SETTINGS[at].0
        } else if at < SETTINGS.len() + PARTS.len() {
            PARTS[at - SETTINGS.len()]
        } else {
            OLD[at - SETTINGS.len() - PARTS.len()]
        };
        at += 1;
    }
    all
};

/// What is a setting.
pub(super) fn kind(member: &str) -> Option<Kind> {
    let found = SETTINGS.iter().find(|(name, _)| *name == member);
    found.map(|(_, kind)| *kind)
}

impl Kind {
    /// A value of this kind in its usual form; `None` when it is of another.
    pub(super) fn normal(self, value: &Value) -> Option<Value> {
        match (self, value) {
            (Flag, Value::Bool(_)) | (Object, Value::Object(_)) | (Text, Value::String(_)) => Some(value.clone()),
            (Flag, Value::String(text)) => text.parse().ok().map(Value::Bool),
            (Number, Value::Number(number)) => number.as_i64().map(Value::from),
            (Number, Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
            (Text, Value::Number(_) | Value::Bool(_)) => Some(Value::String(value.to_string())),
            (Texts, Value::Array(list)) => {
                let texts = list.iter().map(|item| Text.normal(item)).collect::<Option<_>>();
                texts.map(Value::Array)
            }
            _ => None,
        }
    }
}

/// What a realm has where nothing was said.
pub(super) fn defaults() -> Map<String, Value> {
    let mut all = settings();
    all.extend(more_settings());
    all.extend(webauthn("webAuthnPolicy", "not specified", "not specified"));
    all.extend(webauthn("webAuthnPolicyPasswordless", "required", "required"));
    all
}

fn settings() -> Map<String, Value> {
    object(json!({
        "accessCodeLifespanUserAction": 300,
        "accessTokenLifespanForImplicitFlow": 900,
        "actionTokenGeneratedByAdminLifespan": 43_200,
        "actionTokenGeneratedByUserLifespan": 300,
        "adminEventsDetailsEnabled": false,
        "adminEventsEnabled": false,
        "adminPermissionsEnabled": false,
        "browserFlow": "browser",
        "browserSecurityHeaders": security_headers(),
        "clientAuthenticationFlow": "clients",
        "directGrantFlow": "direct grant",
        "dockerAuthenticationFlow": "docker auth",
        "editUsernameAllowed": false,
    }))
}

fn more_settings() -> Map<String, Value> {
    object(json!({
        "enabledEventTypes": [],
        "eventsEnabled": false,
        "eventsListeners": ["jboss-logging"],
        "firstBrokerLoginFlow": "first broker login",
        "internationalizationEnabled": false,
        "maxSecondaryAuthFailures": 0,
        "organizationsEnabled": false,
        "otpPolicyAlgorithm": "HmacSHA1",
        "otpPolicyCodeReusable": false,
        "otpPolicyDigits": 6,
        "otpPolicyInitialCounter": 0,
        "otpPolicyLookAheadWindow": 1,
        "otpPolicyPeriod": 30,
        "otpPolicyType": "totp",
        "otpSupportedApplications":
            ["totpAppFreeOTPName", "totpAppGoogleName", "totpAppMicrosoftAuthenticatorName"],
        "refreshTokenMaxReuse": 0,
        "registrationAllowed": false,
        "registrationEmailAsUsername": false,
        "registrationFlow": "registration",
        "rememberMe": false,
        "requiredCredentials": ["password"],
        "resetCredentialsFlow": "reset credentials",
        "resetPasswordAllowed": false,
        "scimApiEnabled": false,
        "sslRequired": "external",
        "ssoSessionIdleTimeoutRememberMe": 0,
        "ssoSessionMaxLifespanRememberMe": 0,
        "userManagedAccessAllowed": false,
        "verifiableCredentialsEnabled": false,
        "verifyEmail": false,
    }))
}

pub(super) fn security_headers() -> Value {
    json!({
        "contentSecurityPolicy": "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
        "contentSecurityPolicyReportOnly": "",
        "referrerPolicy": "no-referrer",
        "strictTransportSecurity": "max-age=31536000; includeSubDomains",
        "xContentTypeOptions": "nosniff",
        "xFrameOptions": "SAMEORIGIN",
        "xRobotsTag": "none",
    })
}

/// One of the two sorts of passkeys.
fn webauthn(prefix: &str, resident_key: &str, verification: &str) -> Map<String, Value> {
    let members = object(json!({
        "AcceptableAaguids": [],
        "AttestationConveyancePreference": "not specified",
        "AuthenticatorAttachment": "not specified",
        "AvoidSameAuthenticatorRegister": false,
        "CreateTimeout": 0,
        "ExtraOrigins": [],
        "RequireResidentKey": "not specified",
        "ResidentKey": resident_key,
        "RpEntityName": "keycloak",
        "RpId": "",
        "SignatureAlgorithms": ["ES256", "RS256"],
        "UserVerificationRequirement": verification,
    }));
    let named = members.into_iter();
    named.map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
}

/// Whether a realm has another value than every realm has.
pub(crate) fn is_unusual(settings: &keyward_domain::realm::RealmSettings, member: &str) -> bool {
    let usual = defaults();
    settings
        .kept
        .get(member)
        .is_some_and(|value| usual.get(member) != Some(value))
}

/// Attributes that every realm shows.
pub(super) const ATTRIBUTES: [(&str, &str); 8] = [
    ("cibaAuthRequestedUserHint", "login_hint"),
    ("cibaBackchannelTokenDeliveryMode", "poll"),
    ("cibaExpiresIn", "120"),
    ("cibaInterval", "5"),
    ("oauth2DeviceCodeLifespan", "600"),
    ("oauth2DevicePollingInterval", "5"),
    ("parRequestUriLifespan", "60"),
    ("realmReusableOtpCode", "false"),
];

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, SETTINGS, defaults, kind};

    #[test]
    fn what_a_new_realm_has_is_of_its_kind() {
        for (name, value) in defaults() {
            let kind = kind(&name).unwrap_or_else(|| panic!("{name} is no setting"));
            assert_eq!(kind.normal(&value), Some(value), "{name}");
        }
    }

    #[test]
    fn each_member_stands_once() {
        let mut all = ALL.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), ALL.len());
        assert!(SETTINGS.iter().all(|(name, _)| ALL.contains(name)));
    }
}
