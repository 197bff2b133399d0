//! A user: a person, or the service account of a client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{ClientUuid, RealmId, UserId};
use crate::timestamp::Timestamp;

/// Attributes by name, several values each.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// A user's row.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Its row and the `sub` of its tokens.
    pub id: UserId,
    /// The realm it lives in.
    pub realm: RealmId,
    /// Unique in the realm, lower case.
    pub username: String,
    /// A disabled user gets no token and no session.
    pub enabled: bool,
    /// Set for the service account of a client: `sub` of the tokens that the client gets for itself.
    pub service_account_of: Option<ClientUuid>,
    /// When the row was made.
    pub created_at: Timestamp,
    /// What the person must do before the next login is complete, by Keycloak's names (`UPDATE_PASSWORD`).
    pub required_actions: Vec<String>,
    /// Tokens about them issued before this instant are not accepted any more.
    pub not_before: Timestamp,
    /// The standard claims and what else is known.
    pub profile: Profile,
}

/// Claims about a person (OIDC Core §5.1), by the names that Keycloak gives to user attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Mail address, lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the address was proved.
    pub email_verified: bool,
    /// `given_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// `family_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Everything else, several values each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
    /// Members of the representation that nothing here reads; they go out again as they came in.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub kept: Map<String, Value>,
}

/// A login at an identity provider that belongs to a user (Keycloak's federated identity). Data only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederatedIdentity {
    /// Whose.
    pub user: UserId,
    /// The alias of the provider.
    pub provider: String,
    /// The id there.
    pub external_id: String,
    /// The name there.
    pub external_name: String,
}

impl User {
    /// The user name that the service account of a client has, as in Keycloak.
    pub fn service_account_username(client_id: &str) -> String {
        format!("service-account-{}", client_id.to_lowercase())
    }
}
