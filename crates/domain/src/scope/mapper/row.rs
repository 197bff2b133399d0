//! A protocol mapper as an operator writes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::MapperId;
use crate::scope::OPENID_CONNECT;

/// A mapper of a client or of a client scope, in Keycloak's form: stored so, and so it goes in and out. What is not
/// understood is kept and does nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProtocolMapper {
    /// Its name in paths of the admin API.
    pub id: MapperId,
    /// Unique in its client or scope.
    pub name: String,
    /// `openid-connect`; one of another protocol is kept as data.
    pub protocol: String,
    /// Its kind: `oidc-audience-mapper`.
    pub protocol_mapper: String,
    /// Kept as data.
    #[serde(default)]
    pub consent_required: bool,
    /// What it needs to know, by Keycloak's names: `claim.name`.
    #[serde(default)]
    pub config: BTreeMap<String, String>,
}

impl ProtocolMapper {
    /// A mapper of a kind.
    pub fn new(id: MapperId, name: &str, kind: &str, config: &[(&str, &str)]) -> Self {
        Self {
            id,
            name: name.into(),
            protocol: OPENID_CONNECT.into(),
            protocol_mapper: kind.into(),
            consent_required: false,
            config: config
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// Adds one audience to the access tokens.
    pub fn audience(id: MapperId, name: &str, audience: &str) -> Self {
        let config = [
            ("included.custom.audience", audience),
            ("access.token.claim", "true"),
            ("introspection.token.claim", "true"),
        ];
        Self::new(id, name, "oidc-audience-mapper", &config)
    }
}
