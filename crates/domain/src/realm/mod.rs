//! A realm: a tenant with its own issuer, keys, clients and users.

use keyward_jose::alg::Algorithm;
use serde::{Deserialize, Serialize};

use crate::id::RealmId;
use crate::key::rotation::Rotation;
use crate::policy::lifetime::{AccessTokenLifespan, SessionLifespans};
use crate::policy::lockout::BruteForce;
use crate::policy::password::PasswordPolicy;
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
    /// How long logins and what comes of them live.
    pub sessions: SessionLifespans,
    /// What a new password must be.
    pub password_policy: PasswordPolicy,
    /// What happens to whoever guesses passwords.
    pub brute_force: BruteForce,
    /// Whether people may log in with their mail address too.
    pub login_with_email: bool,
}

impl Default for RealmSettings {
    fn default() -> Self {
        Self {
            display_name: String::new(),
            access_token_lifespan: AccessTokenLifespan::default(),
            default_signature_algorithm: Algorithm::Rs256,
            key_rotation: Rotation::default(),
            sessions: SessionLifespans::default(),
            password_policy: PasswordPolicy::default(),
            brute_force: BruteForce::default(),
            login_with_email: true,
        }
    }
}
