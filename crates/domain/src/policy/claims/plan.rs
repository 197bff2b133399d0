//! What a token will say.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::moment::Late;

/// The part of a token, or of an answer about one, that depends on client, scope and subject alone: the same for each
/// token of a service until an operator changes something, so it can be kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenPlan {
    /// `aud`: whom an access token is for; of an ID token, whom beside the client.
    pub audience: Vec<String>,
    /// `scope`: the granted names that are meant for tokens.
    pub scope: String,
    /// `sub` where it is not the user's own.
    pub sub: Option<Uuid>,
    /// `acr`.
    pub acr: Option<&'static str>,
    /// Whether `auth_time` is told.
    pub auth_time: bool,
    /// Whether an access token repeats the `nonce`.
    pub nonce: bool,
    /// `allowed-origins`.
    pub allowed_origins: Vec<String>,
    /// `realm_access.roles`.
    pub realm_roles: Vec<String>,
    /// `resource_access`.
    pub client_roles: BTreeMap<String, Vec<String>>,
    /// Claims of the remaining mappers.
    pub extra: Map<String, Value>,
    /// Members of the token answer.
    pub response: Map<String, Value>,
    /// Whether `session_state` is told.
    pub(super) session_state: bool,
    /// Claims that only the moment knows.
    pub(super) late: Vec<Late>,
    /// Members of the answer that only the moment knows.
    pub(super) late_response: Vec<Late>,
}
