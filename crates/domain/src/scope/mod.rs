//! Client scopes: a name that a client can ask for, and what a token gets by it.

use serde::{Deserialize, Serialize};

use crate::id::{RealmId, ScopeId};

pub mod defaults;
mod mapper;

pub use mapper::{JsonType, Mapper, ProtocolMapper};

/// A client scope's row.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientScope {
    /// Its row.
    pub id: ScopeId,
    /// The realm it lives in.
    pub realm: RealmId,
    /// What a client writes into `scope`.
    pub name: String,
    /// Everything else.
    pub settings: ScopeSettings,
}

/// What an operator sets for a scope. Stored as one JSON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScopeSettings {
    /// For people.
    pub description: String,
    /// Whether the name stands in a token's `scope`; scopes that only carry mappers stay out of it.
    pub include_in_token_scope: bool,
    /// Whether discovery names it in `scopes_supported`.
    pub include_in_metadata: bool,
    /// What a token gets by it.
    pub mappers: Vec<ProtocolMapper>,
}

impl Default for ScopeSettings {
    fn default() -> Self {
        Self {
            description: String::new(),
            include_in_token_scope: true,
            include_in_metadata: true,
            mappers: Vec::new(),
        }
    }
}
