//! A realm: a tenant with its own issuer, keys, clients and users.

use std::collections::BTreeMap;

use keyward_jose::alg::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{GroupId, RealmId, RoleId};
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that an operator sets by itself"
)]
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
    /// Whether several people may share a mail address.
    pub duplicate_emails: bool,
    /// Whether every public client must use PKCE, whatever it says itself (OAuth 2.1 §7.5.1). On in realms that our own
    /// commands make.
    pub pkce_for_public_clients: bool,
    /// Whether the refresh tokens of confidential clients rotate too (Keycloak's `revokeRefreshToken`).
    pub revoke_refresh_token: bool,
    /// Whether public clients' refresh tokens stay the same when used: only for clients that lose answers and cannot
    /// try again (RFC 9700 §4.14.2 asks for rotation).
    pub public_refresh_tokens_stay: bool,
    /// The role that every user holds; its composites are what a new user can do.
    pub default_role: Option<RoleId>,
    /// The groups that every new user joins.
    pub default_groups: Vec<GroupId>,
    /// The scopes that a new client gets without asking.
    pub default_scopes: Vec<String>,
    /// The scopes that a new client may ask for.
    pub optional_scopes: Vec<String>,
    /// Keycloak's attributes, whole.
    pub attributes: BTreeMap<String, String>,
    /// The password of the mail server, sealed, in base64url.
    pub smtp_password: Option<String>,
    /// Members of the representation that nothing here reads; they go out again as they came in.
    pub kept: Map<String, Value>,
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
            duplicate_emails: false,
            pkce_for_public_clients: true,
            revoke_refresh_token: false,
            public_refresh_tokens_stay: false,
            default_role: None,
            default_groups: Vec::new(),
            default_scopes: Vec::new(),
            optional_scopes: Vec::new(),
            attributes: BTreeMap::new(),
            smtp_password: None,
            kept: Map::new(),
        }
    }
}
