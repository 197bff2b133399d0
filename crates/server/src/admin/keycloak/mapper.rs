//! `ProtocolMapperRepresentation`.

use keyward_domain::entropy;
use keyward_domain::id::MapperId;
use keyward_domain::scope::{OPENID_CONNECT, ProtocolMapper};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::lenient::{self, Texts};
use crate::admin::rest::AdminError;
use crate::admin::rest::body::Representation;
use crate::http::entropy::SystemEntropy;

/// Most entries of a mapper's configuration.
const MOST_ENTRIES: usize = 100;

/// A mapper as it comes in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ProtocolMapperRepresentation {
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) name: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) protocol_mapper: Option<String>,
    #[serde(deserialize_with = "lenient::switch")]
    pub(crate) consent_required: Option<bool>,
    /// Entries without a value are left out.
    #[serde(deserialize_with = "lenient::texts")]
    pub(crate) config: Option<Texts>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for ProtocolMapperRepresentation {
    const NAME: &'static str = "ProtocolMapperRepresentation";
    const KEPT: &'static [&'static str] = &["consentText"];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// The kinds of mappers of OpenID Connect.
pub(crate) const KINDS: [&str; 25] = [
    "oidc-usermodel-attribute-mapper",
    "oidc-usermodel-property-mapper",
    "oidc-usersessionmodel-note-mapper",
    "oidc-audience-mapper",
    "oidc-audience-resolve-mapper",
    "oidc-allowed-origins-mapper",
    "oidc-sub-mapper",
    "oidc-acr-mapper",
    "oidc-amr-mapper",
    "oidc-full-name-mapper",
    "oidc-session-state-mapper",
    "oidc-nonce-backwards-compatible-mapper",
    "oidc-claims-param-token-mapper",
    "oidc-claims-param-value-idtoken-mapper",
    "oidc-usermodel-realm-role-mapper",
    "oidc-usermodel-client-role-mapper",
    "oidc-hardcoded-claim-mapper",
    "oidc-hardcoded-role-mapper",
    "oidc-role-name-mapper",
    "oidc-group-membership-mapper",
    "oidc-address-mapper",
    "oidc-sha256-pairwise-sub-mapper",
    "oidc-organization-membership-mapper",
    "oidc-organization-group-membership-mapper",
    "oidc-audience-resolve-with-scope-mapper",
];

impl ProtocolMapperRepresentation {
    /// The row of a new mapper, or of one that a realm file brings with its id.
    pub(crate) fn row(self) -> Result<ProtocolMapper, AdminError> {
        let id = self.id.as_deref().and_then(|id| id.parse().ok());
        let id = id.unwrap_or_else(|| MapperId(entropy::uuid(&mut SystemEntropy)));
        let protocol = self.protocol.unwrap_or_else(|| OPENID_CONNECT.to_owned());
        let kind = self.protocol_mapper.unwrap_or_default();
        if !is_known(&protocol, &kind) {
            return Err(AdminError::not_found("ProtocolMapper provider not found"));
        }
        let name = self.name.unwrap_or_default();
        if name.is_empty() || name.len() > 255 {
            return Err(AdminError::InvalidInput(
                "invalid_input",
                "A protocol mapper has a name of at most 255 bytes".into(),
            ));
        }
        let config = self.config.unwrap_or_default();
        if config.len() > MOST_ENTRIES {
            return Err(AdminError::InvalidInput(
                "invalid_input",
                format!("A protocol mapper has at most {MOST_ENTRIES} entries").into(),
            ));
        }
        Ok(ProtocolMapper {
            id,
            name,
            protocol,
            protocol_mapper: kind,
            consent_required: self.consent_required.unwrap_or(false),
            config: config
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        })
    }
}

/// Mappers of other protocols are data, whatever their kind; so are scripts that a server of Keycloak's deployed.
fn is_known(protocol: &str, kind: &str) -> bool {
    if protocol == OPENID_CONNECT {
        KINDS.contains(&kind) || kind.starts_with("script-") || kind == "oidc-script-based-protocol-mapper"
    } else {
        !kind.is_empty()
    }
}
