//! A realm: a tenant with its own issuer, keys, clients and users.

use keyward_jose::alg::Algorithm;
use serde::{Deserialize, Serialize};

use crate::id::RealmId;
use crate::key::rotation::Rotation;
use crate::policy::lifetime::AccessTokenLifespan;
use crate::timestamp::Timestamp;

mod name;

pub use name::{RealmName, RealmNameError};

/// A realm's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Realm {
    /// Its row.
    pub id: RealmId,
    /// Its name, the last segment of its issuer.
    pub name: RealmName,
    /// A disabled realm answers 403.
    pub enabled: bool,
    /// Tokens issued before this instant are not accepted any more.
    pub not_before: Timestamp,
    /// Everything else.
    pub settings: RealmSettings,
}

/// What an operator sets for a realm. Stored as one JSON text; a field that is absent there has its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RealmSettings {
    /// Shown to people.
    pub display_name: String,
    /// How long an access token lives unless its client says otherwise.
    pub access_token_lifespan: AccessTokenLifespan,
    /// Signs tokens of clients that name no algorithm.
    pub default_signature_algorithm: Algorithm,
    /// How signing keys are replaced.
    pub key_rotation: Rotation,
}

impl Default for RealmSettings {
    fn default() -> Self {
        Self {
            display_name: String::new(),
            access_token_lifespan: AccessTokenLifespan::default(),
            default_signature_algorithm: Algorithm::Rs256,
            key_rotation: Rotation::default(),
        }
    }
}
