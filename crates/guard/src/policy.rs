//! What a caller needs, ready to be asked for each request.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::authenticate::Issuers;
use crate::rate_limit::Rule;
use crate::settings::{Credential, Validation};

/// A policy with everything it extends worked in.
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) issuers: Issuers,
    pub(crate) audience: Vec<String>,
    pub(crate) validation: Validation,
    /// Kinds that are taken; all when empty.
    pub(crate) callers: Vec<Credential>,
    pub(crate) scopes: Needed<String>,
    pub(crate) roles: Needed<Role>,
    pub(crate) claims: Vec<(String, Vec<Value>)>,
    /// Authentication context classes; any when empty. RFC 9470 §3
    pub(crate) acr: Vec<String>,
    /// Seconds since the login.
    pub(crate) max_age: Option<u64>,
    pub(crate) limits: Vec<Arc<Rule>>,
    /// Every scope that a token should ask for, as challenges say it. RFC 6750 §3
    pub(crate) scope_text: String,
}

impl Policy {
    /// Whether a token can have a scope of this name. RFC 6749 §3.3
    pub(crate) fn is_scope(name: &str) -> bool {
        let sane = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        !name.is_empty() && name.bytes().all(sane)
    }

    /// Asks for one scope more.
    pub(crate) fn require_scope(&mut self, name: &str) {
        self.scopes.all.push(name.to_owned());
        if !self.scope_text.split(' ').any(|known| known == name) {
            if !self.scope_text.is_empty() {
                self.scope_text.push(' ');
            }
            self.scope_text.push_str(name);
        }
    }
}

/// All of some, and one of others.
#[derive(Clone, Debug)]
pub(crate) struct Needed<T> {
    pub(crate) all: Vec<T>,
    pub(crate) any: Vec<T>,
}

impl<T> Needed<T> {
    /// Whether `has` holds for all and for one.
    pub(crate) fn met_by(&self, has: impl Fn(&T) -> bool) -> bool {
        self.all.iter().all(&has) && (self.any.is_empty() || self.any.iter().any(&has))
    }
}

/// A role as Keycloak knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Of the realm: `realm:NAME`.
    Realm(String),
    /// Of a client: `client:CLIENT:NAME`.
    Client(String, String),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Realm(name) => write!(f, "realm:{name}"),
            Self::Client(client, name) => write!(f, "client:{client}:{name}"),
        }
    }
}

impl Role {
    /// Reads `realm:NAME` or `client:CLIENT:NAME`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match kind {
            "realm" if !rest.is_empty() => Some(Self::Realm(rest.to_owned())),
            "client" => {
                let (client, role) = rest.split_once(':')?;
                (!client.is_empty() && !role.is_empty()).then(|| Self::Client(client.to_owned(), role.to_owned()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_as_they_are_written() {
        assert_eq!(Role::parse("realm:payer"), Some(Role::Realm("payer".into())));
        assert_eq!(
            Role::parse("client:shop:a:b"),
            Some(Role::Client("shop".into(), "a:b".into()))
        );
        for text in ["payer", "realm:", "client:shop", "client::x", "client:shop:", "group:x"] {
            assert_eq!(Role::parse(text), None, "{text}");
        }
    }

    #[test]
    fn all_of_some_and_one_of_others() {
        let needed = Needed {
            all: vec![1, 2],
            any: vec![3, 4],
        };
        assert!(needed.met_by(|n| [1, 2, 4].contains(n)));
        assert!(!needed.met_by(|n| [1, 2].contains(n)));
        assert!(!needed.met_by(|n| [1, 3].contains(n)));
        let nothing = Needed::<i32> {
            all: vec![],
            any: vec![],
        };
        assert!(nothing.met_by(|_| false));
    }
}
