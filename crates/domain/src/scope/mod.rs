//! Client scopes: a name that a client can ask for, and what a token gets by it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{RealmId, RoleId, ScopeId};
use crate::role::{RoleBook, ScopeOwner};

pub mod defaults;
pub(crate) mod mapper;

pub use mapper::{Mapper, ProtocolMapper, Target};

/// The protocol of everything that is read here.
pub const OPENID_CONNECT: &str = "openid-connect";

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
    /// `openid-connect`; a scope of another protocol is kept as data.
    pub protocol: String,
    /// Keycloak's attributes, whole; what is read of them stands in the fields above.
    pub attributes: BTreeMap<String, String>,
}

impl Default for ScopeSettings {
    fn default() -> Self {
        Self {
            description: String::new(),
            include_in_token_scope: true,
            include_in_metadata: true,
            mappers: Vec::new(),
            protocol: OPENID_CONNECT.into(),
            attributes: BTreeMap::new(),
        }
    }
}

impl ScopeSettings {
    /// The settings of a scope whose attributes are Keycloak's; what is read of them is read here.
    pub fn of_attributes(
        description: &str,
        protocol: &str,
        attributes: BTreeMap<String, String>,
        mappers: Vec<ProtocolMapper>,
    ) -> Self {
        let unless_said = |name: &str| {
            attributes
                .get(name)
                .is_none_or(|text| text.eq_ignore_ascii_case("true"))
        };
        Self {
            description: description.to_owned(),
            include_in_token_scope: unless_said("include.in.token.scope"),
            include_in_metadata: unless_said("include.in.openid.provider.metadata"),
            mappers,
            protocol: protocol.to_owned(),
            attributes,
        }
    }
}

/// A client scope as tokens are made by it: read once, when its realm is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeEntry {
    /// Its row.
    pub scope: ClientScope,
    /// Its mappers, those left out that do nothing.
    pub mappers: Vec<Mapper>,
    /// The roles that it lets into tokens, composites resolved. Only who holds one of them gets the scope; everybody
    /// when there are none.
    pub roles: BTreeSet<RoleId>,
}

impl ScopeEntry {
    /// Reads a scope.
    pub fn new(scope: ClientScope, roles: &RoleBook) -> Self {
        Self {
            mappers: Mapper::parse_all(&scope.settings.mappers),
            roles: roles.let_in(ScopeOwner::Scope(scope.id)),
            scope,
        }
    }

    /// Whether a subject who holds these roles may have it.
    pub fn is_open_to(&self, held: &BTreeSet<RoleId>) -> bool {
        self.scope.settings.protocol == OPENID_CONNECT && (self.roles.is_empty() || !self.roles.is_disjoint(held))
    }
}
