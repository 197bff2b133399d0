//! `ClientRepresentation`: what comes in, and what goes out.
//!
//! One struct for both ways. A change is laid over what the client is now ([`ClientRepresentation::overlay`]), and the
//! whole is read again: so a member that is absent stays as it is, and nothing has two readers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient::{self, Texts};
use super::shown_secret::ShownSecret;
use crate::admin::rest::body::Representation;

mod attributes;
mod defaults;
mod mapper;
mod overlay;
mod places;
mod read;
mod write;

use mapper::ClientMapper;
pub(crate) use read::{Described, Ground};
pub(crate) use write::{Access, holds_a_secret};

/// The attribute in which Keycloak keeps the secret before the present one while it is still good.
pub(crate) const ROTATED_SECRET: &str = "client.secret.rotated";

/// When that secret ends, in seconds.
pub(crate) const ROTATED_UNTIL: &str = "client.secret.rotated.expiration.time";

/// A client.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClientRepresentation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) client_type: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) root_url: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) admin_url: Option<String>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) base_url: Option<String>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) surrogate_auth_required: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) always_display_in_console: Option<bool>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) client_authenticator_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<ShownSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registration_access_token: Option<ShownSecret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) web_origins: Option<Vec<String>>,
    #[serde(deserialize_with = "lenient::whole", skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<i64>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) bearer_only: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) consent_required: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) standard_flow_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) implicit_flow_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) direct_access_grants_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) service_accounts_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) authorization_services_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) public_client: Option<bool>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) frontchannel_logout: Option<bool>,
    #[serde(deserialize_with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
    #[serde(deserialize_with = "lenient::texts", skip_serializing_if = "Option::is_none")]
    pub(crate) attributes: Option<Texts>,
    #[serde(deserialize_with = "lenient::texts", skip_serializing_if = "Option::is_none")]
    pub(crate) authentication_flow_binding_overrides: Option<Texts>,
    #[serde(deserialize_with = "lenient::switch", skip_serializing_if = "Option::is_none")]
    pub(crate) full_scope_allowed: Option<bool>,
    #[serde(deserialize_with = "lenient::whole", skip_serializing_if = "Option::is_none")]
    pub(crate) node_re_registration_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registered_nodes: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) protocol_mappers: Option<Vec<ClientMapper>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_client_scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) optional_client_scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorization_settings: Option<Value>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(crate) access: Option<BTreeMap<&'static str, bool>>,
    /// Members that are no member of it, and those that mean nothing any more.
    #[serde(flatten, skip_serializing)]
    pub(crate) rest: Map<String, Value>,
}

impl Representation for ClientRepresentation {
    const NAME: &'static str = "ClientRepresentation";
    const KEPT: &'static [&'static str] = &[
        "access",
        "clientTemplate",
        "defaultRoles",
        "directGrantsOnly",
        "origin",
        "useTemplateConfig",
        "useTemplateMappers",
        "useTemplateScope",
    ];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

#[cfg(test)]
mod tests;
