//! Keycloak's built-in clients, as its own exports have them (26.7).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::ACCOUNT;
use crate::admin::keycloak::client::{ClientRepresentation, Described, Ground};
use crate::admin::realms::rows::RealmRows;
use crate::admin::rest::rights::REALM_MANAGEMENT;

/// Their names. Keycloak's tools count on them in every realm.
pub(crate) const BUILT_IN: [&str; 6] = [
    ACCOUNT,
    "account-console",
    super::cli::ADMIN_CLI,
    "broker",
    REALM_MANAGEMENT,
    "security-admin-console",
];

/// Adds those that are missing.
pub(super) fn add(rows: &mut RealmRows, server: &str) {
    for mut described in all(rows.realm.name.as_str()) {
        // Where one is made by itself it is -1.
        crate::admin::documents::set(&mut described, "nodeReRegistrationTimeout", 0);
        let Ok(client) = serde_json::from_value::<ClientRepresentation>(described) else {
            continue;
        };
        if client
            .client_id
            .as_deref()
            .is_none_or(|client_id| rows.client(client_id).is_some())
        {
            continue;
        }
        let scopes = rows.scopes.iter();
        let ground = Ground {
            server,
            scopes: scopes
                .map(|scope| (scope.name.as_str(), scope.settings.protocol.as_str()))
                .collect::<BTreeMap<_, _>>(),
        };
        let read = client.with_defaults(&rows.realm.settings).read(&ground);
        if let Ok(Described { spec, .. }) = read {
            let (client_id, settings) = spec.into_parts();
            rows.add_client(&client_id, settings);
        }
    }
}

fn all(realm: &str) -> [Value; 6] {
    let account = format!("/realms/{realm}/account/");
    let console = format!("/admin/{realm}/console/");
    [
        json!({
            "clientId": "account",
            "name": "${client_account}",
            "rootUrl": "${authBaseUrl}",
            "baseUrl": account,
            "redirectUris": [format!("{account}*")],
            "publicClient": true,
            "fullScopeAllowed": false,
            "attributes": { "realm_client": "false", "post.logout.redirect.uris": "+" },
        }),
        json!({
            "clientId": "account-console",
            "name": "${client_account-console}",
            "rootUrl": "${authBaseUrl}",
            "baseUrl": account,
            "redirectUris": [format!("{account}*")],
            "publicClient": true,
            "fullScopeAllowed": false,
            "attributes": {
                "realm_client": "false",
                "post.logout.redirect.uris": "+",
                "pkce.code.challenge.method": "S256",
            },
            "protocolMappers": [{
                "name": "audience resolve",
                "protocol": "openid-connect",
                "protocolMapper": "oidc-audience-resolve-mapper",
                "config": {},
            }],
        }),
        json!({
            "clientId": super::cli::ADMIN_CLI,
            "name": "${client_admin-cli}",
            "publicClient": true,
            "standardFlowEnabled": false,
            "directAccessGrantsEnabled": true,
            "attributes": { "realm_client": "false", "client.use.lightweight.access.token.enabled": "true" },
        }),
        only_roles("broker", "${client_broker}"),
        only_roles(REALM_MANAGEMENT, "${client_realm-management}"),
        json!({
            "clientId": "security-admin-console",
            "name": "${client_security-admin-console}",
            "rootUrl": "${authAdminUrl}",
            "baseUrl": console,
            "redirectUris": [format!("{console}*")],
            "webOrigins": ["+"],
            "publicClient": true,
            "attributes": {
                "realm_client": "false",
                "client.use.lightweight.access.token.enabled": "true",
                "post.logout.redirect.uris": "+",
                "pkce.code.challenge.method": "S256",
            },
            "protocolMappers": [{
                "name": "locale",
                "protocol": "openid-connect",
                "protocolMapper": "oidc-usermodel-attribute-mapper",
                "config": {
                    "user.attribute": "locale",
                    "claim.name": "locale",
                    "jsonType.label": "String",
                    "access.token.claim": "true",
                    "id.token.claim": "true",
                    "userinfo.token.claim": "true",
                    "introspection.token.claim": "true",
                },
            }],
        }),
    ]
}

/// A client that is there for its roles.
fn only_roles(client_id: &str, name: &str) -> Value {
    json!({
        "clientId": client_id,
        "name": name,
        "bearerOnly": true,
        "publicClient": false,
        "fullScopeAllowed": false,
        "attributes": { "realm_client": "true" },
    })
}
