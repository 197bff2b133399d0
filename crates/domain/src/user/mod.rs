//! A user: a person, or the service account of a client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ClientUuid, RealmId, UserId};
use crate::timestamp::Timestamp;

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
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl User {
    /// The user name that the service account of a client has, as in Keycloak.
    pub fn service_account_username(client_id: &str) -> String {
        format!("service-account-{}", client_id.to_lowercase())
    }
}
