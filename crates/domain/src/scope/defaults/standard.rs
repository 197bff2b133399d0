//! The client scopes that a realm of our own begins with.
//!
//! Tokens are minimal: no mail address, name or role stands in one unless a scope asked for it. Which scopes a
//! client gets without asking is data (`default_scopes`), never code.

use super::Mappers;
use crate::entropy::Entropy;
use crate::scope::{ProtocolMapper, ScopeSettings};

/// Scopes that every new client has without asking.
pub const DEFAULT: [&str; 3] = ["basic", "acr", "web-origins"];

/// Scopes that every new client may ask for.
pub const OPTIONAL: [&str; 6] = ["profile", "email", "address", "phone", "roles", "offline_access"];

/// Name and settings of each scope.
pub fn standard(entropy: &mut dyn Entropy) -> Vec<(&'static str, ScopeSettings)> {
    let mut make = Mappers { entropy };
    vec![
        ("basic", silent("What every token needs", vec![make.auth_time()])),
        ("acr", silent("How the subject authenticated", vec![make.acr()])),
        (
            "web-origins",
            silent("Origins that may read answers", vec![make.allowed_origins()]),
        ),
        ("roles", silent("Roles of the subject", make.roles())),
        // A grant with it outlives the login (OIDC Core §11).
        ("offline_access", spoken("Access while you are away", vec![])),
        ("profile", spoken("Name and picture", make.profile())),
        ("email", spoken("Mail address", make.email())),
        ("address", spoken("Postal address", vec![make.address()])),
        ("phone", spoken("Telephone number", make.phone())),
    ]
}

fn silent(description: &str, mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    ScopeSettings {
        include_in_token_scope: false,
        ..spoken(description, mappers)
    }
}

fn spoken(description: &str, mappers: Vec<ProtocolMapper>) -> ScopeSettings {
    ScopeSettings {
        description: description.into(),
        mappers,
        ..ScopeSettings::default()
    }
}
