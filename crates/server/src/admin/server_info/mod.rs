//! What this server is and has, for tools that ask before they write: only to administrators, and the version only to
//! those who manage a realm, as in Keycloak 26. `kinds.json` holds what does not change.

use std::sync::LazyLock;

use keyward_domain::Timestamp;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::components;
use super::documents::set;
use super::events::LISTENERS;
use super::identity_providers::kinds;
use super::keycloak::FOLLOWED;
use super::keycloak::key_component::KEY_PROVIDER;
use super::rest::rights::MASTER;
use super::rest::{AdminCall, AdminError, Answer, Need, Offered, Route, route};

pub(crate) static ROUTES: &[Route] = &[route!(GET "/admin/serverinfo", Need::Token, Offered::Full, server_info)];

static KINDS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("kinds.json")).unwrap_or_default());

async fn server_info(call: &AdminCall) -> Result<Answer, AdminError> {
    let caller = &call.caller;
    let own = caller.rights(caller.realm.realm.name.as_str());
    let allowed = own.any() || (caller.is_of_master() && administers_some(call).await?);
    if !allowed {
        return Err(AdminError::Forbidden);
    }
    let mut info = json!({
        "profileInfo": { "name": "default", "disabledFeatures": [], "previewFeatures": [], "experimentalFeatures": [] },
        "features": [],
        "cryptoInfo": {
            "cryptoProvider": "aws-lc-rs",
            "supportedKeystoreTypes": [],
            "clientSignatureSymmetricAlgorithms": [],
            "clientSignatureAsymmetricAlgorithms": ["ES256", "EdDSA", "PS256", "RS256"],
        },
        "themes": themes(),
        "identityProviders": kinds(),
        "socialProviders": kinds().into_iter().filter(|kind| kind["groupName"] == "Social").collect::<Vec<_>>(),
        "providers": providers(),
        "protocolMapperTypes": { "openid-connect": KINDS.get("protocolMapperTypes") },
        "builtinProtocolMappers": { "openid-connect": KINDS.get("builtinProtocolMappers") },
        "clientInstallations": { "openid-connect": KINDS.get("clientInstallations") },
        "componentTypes": components::types(),
        "passwordPolicies": KINDS.get("passwordPolicies"),
        "enums": KINDS.get("enums"),
        "parameterizedScopeTypes": [],
    });
    let all = caller.is_of_master() && caller.realm.realm.name.as_str() == MASTER && own.any_of(&["manage-realm"]);
    if all {
        let system =
            json!({ "version": FOLLOWED, "serverTime": in_words(call.cx.now), "osName": std::env::consts::OS });
        set(&mut info, "systemInfo", system);
        set(&mut info, "keyward", json!({ "version": env!("CARGO_PKG_VERSION") }));
    } else if own.any_of(&["manage-realm"]) {
        set(&mut info, "systemInfo", json!({ "version": FOLLOWED }));
    }
    Ok(Answer::json(&info))
}

/// Whether an administrator of master has a say in some other realm.
async fn administers_some(call: &AdminCall) -> Result<bool, AdminError> {
    let realms = call.read().await?.realms().await?;
    Ok(realms.iter().any(|realm| call.caller.rights(realm.name.as_str()).any()))
}

/// The names under which realms may choose their looks. The pages are the same under each.
fn themes() -> Value {
    let named = |names: &[&str]| {
        let locales = json!(["de", "en", "zh"]);
        names
            .iter()
            .map(|name| json!({ "name": name, "locales": locales }))
            .collect::<Vec<_>>()
    };
    json!({
        "common": named(&["keycloak"]),
        "admin": named(&["keycloak.v2"]),
        "login": named(&["keycloak", "keycloak.v2"]),
        "welcome": named(&["keycloak"]),
        "account": named(&["keycloak.v3"]),
        "email": named(&["keycloak"]),
    })
}

/// What tools look up before they name it in a setting.
fn providers() -> Value {
    let of = |ids: Vec<&str>, internal: bool| {
        let each: Map<String, Value> = ids
            .into_iter()
            .map(|id| (id.to_owned(), json!({ "order": 0 })))
            .collect();
        json!({ "internal": internal, "providers": each })
    };
    let types = components::types();
    let component = |name: &str| of(ids(types.get(name)), false);
    json!({
        "keys": component(KEY_PROVIDER),
        "storage": component("org.keycloak.storage.UserStorageProvider"),
        "ldap-mapper": component("org.keycloak.storage.ldap.mappers.LDAPStorageMapper"),
        "client-registration-policy":
            component("org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"),
        "login-protocol": of(vec!["openid-connect"], true),
        "password-policy": of(ids(KINDS.get("passwordPolicies")), false),
        "protocol-mapper": of(ids(KINDS.get("protocolMapperTypes")), false),
        "client-installation": of(ids(KINDS.get("clientInstallations")), false),
        "eventsListener": of(LISTENERS.to_vec(), false),
    })
}

fn ids(list: Option<&Value>) -> Vec<&str> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get("id")?.as_str()).collect()
}

/// An instant as Keycloak writes it here: `Sun Nov 29 16:40:00 UTC 2026`.
fn in_words(now: Timestamp) -> String {
    let form = format_description!("[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second] UTC [year]");
    let instant = OffsetDateTime::from_unix_timestamp(now.secs()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    instant.format(&form).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{KINDS, providers};

    #[test]
    fn the_file_is_whole() {
        for name in [
            "protocolMapperTypes",
            "builtinProtocolMappers",
            "clientInstallations",
            "passwordPolicies",
            "enums",
        ] {
            assert!(KINDS.contains_key(name), "{name}");
        }
        assert!(providers().pointer("/keys/providers/rsa-generated").is_some());
        assert!(providers().pointer("/password-policy/providers/length").is_some());
    }
}
