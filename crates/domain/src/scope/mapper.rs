//! Protocol mappers: one rule that puts one claim into a token, as Keycloak has them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A mapper of a client or of a client scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProtocolMapper {
    /// Unique in its client or scope.
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub mapper: Mapper,
}

/// What a mapper does. The serialized names are Keycloak's `protocolMapper` ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "protocolMapper")]
pub enum Mapper {
    /// Adds one audience.
    #[serde(rename = "oidc-audience-mapper")]
    Audience {
        /// A `client_id` of the realm or any other text.
        audience: String,
    },
    /// Adds each client whose roles the subject holds.
    #[serde(rename = "oidc-audience-resolve-mapper")]
    AudienceResolve,
    /// `realm_access.roles`.
    #[serde(rename = "oidc-usermodel-realm-role-mapper")]
    RealmRoles,
    /// `resource_access.{client}.roles`.
    #[serde(rename = "oidc-usermodel-client-role-mapper")]
    ClientRoles,
    /// `acr`: how the subject authenticated.
    #[serde(rename = "oidc-acr-mapper")]
    Acr,
    /// `allowed-origins`: the client's web origins.
    #[serde(rename = "oidc-allowed-origins-mapper")]
    AllowedOrigins,
    /// A claim that is the same in every token.
    #[serde(rename = "oidc-hardcoded-claim-mapper")]
    HardcodedClaim {
        /// Its name.
        claim: String,
        /// Its value.
        value: Value,
    },
    /// A claim from one of the user's own fields: `username`, `email`, `emailVerified`, `firstName`, `lastName`.
    #[serde(rename = "oidc-usermodel-property-mapper")]
    UserProperty {
        /// The field.
        property: String,
        /// The claim's name.
        claim: String,
    },
    /// A claim from one of the user's attributes.
    #[serde(rename = "oidc-usermodel-attribute-mapper")]
    UserAttribute {
        /// The attribute.
        attribute: String,
        /// The claim's name.
        claim: String,
        /// How its text is read.
        #[serde(default)]
        json_type: JsonType,
    },
    /// `name`, from first and last name.
    #[serde(rename = "oidc-full-name-mapper")]
    FullName,
    /// `address` (OIDC Core §5.1.1), from the attributes `street`, `locality`, `region`, `postal_code`, `country`.
    #[serde(rename = "oidc-address-mapper")]
    Address,
}

impl Mapper {
    /// The name of the claim about a person that it gives.
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::UserProperty { claim, .. } | Self::UserAttribute { claim, .. } => Some(claim),
            Self::FullName => Some("name"),
            Self::Address => Some("address"),
            Self::Audience { .. }
            | Self::AudienceResolve
            | Self::RealmRoles
            | Self::ClientRoles
            | Self::Acr
            | Self::AllowedOrigins
            | Self::HardcodedClaim { .. } => None,
        }
    }
}

/// How the text of an attribute becomes JSON (Keycloak's `jsonType.label`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonType {
    /// As it is.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Long,
}

#[cfg(test)]
mod tests {
    use crate::scope::ScopeSettings;
    use crate::scope::defaults::standard;

    #[test]
    fn every_standard_scope_survives_storage() {
        for (name, settings) in standard() {
            let text = serde_json::to_string(&settings).unwrap();
            assert_eq!(
                serde_json::from_str::<ScopeSettings>(&text).unwrap(),
                settings,
                "{name}"
            );
        }
    }
}
