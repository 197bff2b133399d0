//! Who calls, once it is known.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use http::{HeaderName, HeaderValue};
use keyward_protocol::scope::Scope;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use crate::settings::Credential;

/// A caller whose token was verified. It holds what the token says, never the token.
#[derive(Clone)]
pub struct Caller {
    pub(crate) issuer: Arc<str>,
    pub(crate) kind: Credential,
    pub(crate) subject: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) scope: Scope,
    pub(crate) realm_roles: Vec<String>,
    pub(crate) client_roles: BTreeMap<String, Vec<String>>,
    pub(crate) audience: Vec<String>,
    pub(crate) acr: Option<String>,
    pub(crate) auth_time: Option<u64>,
    pub(crate) token_id: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
    /// Not good before, in seconds of Unix time. RFC 7519 §4.1.5
    pub(crate) not_before: u64,
    /// Whether the token is bound to a key or a certificate, whatever its `cnf` says. RFC 7800 §3.1
    pub(crate) is_bound: bool,
    pub(crate) claims: Map<String, Value>,
    /// What APIs are told, written once for all requests with this token.
    pub(crate) identity: OnceLock<Vec<(HeaderName, HeaderValue)>>,
}

impl Caller {
    /// The issuer, as in `iss`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A person or a service.
    pub fn kind(&self) -> Credential {
        self.kind
    }

    /// The subject, as in `sub`.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The client that got the token, as in `client_id` or `azp`.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Whom the token is for. RFC 7519 §4.1.3
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// What was granted.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether a scope was granted.
    pub fn has_scope(&self, name: &str) -> bool {
        self.scope.contains(name)
    }

    /// Whether the caller has a role of the realm. Keycloak's `realm_access`
    pub fn has_realm_role(&self, role: &str) -> bool {
        self.realm_roles.iter().any(|name| name == role)
    }

    /// Whether the caller has a role of a client. Keycloak's `resource_access`
    pub fn has_client_role(&self, client: &str, role: &str) -> bool {
        self.client_roles
            .get(client)
            .is_some_and(|roles| roles.iter().any(|name| name == role))
    }

    /// How well the person logged in. OIDC Core §2
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
    }

    /// When the person logged in, in seconds of Unix time. OIDC Core §2
    pub fn auth_time(&self) -> Option<u64> {
        self.auth_time
    }

    /// The token's identifier. RFC 7519 §4.1.7
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }

    /// The login session behind the token. OIDC Front-Channel Logout §3
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// When the token was issued, in seconds of Unix time. RFC 7519 §4.1.6
    pub fn issued_at(&self) -> u64 {
        self.issued_at
    }

    /// When the token ends, in seconds of Unix time. RFC 7519 §4.1.4
    pub fn expires_at(&self) -> u64 {
        self.expires_at
    }

    /// A claim, read as `T`; nothing when it is not there or something else.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.claims.get(name).and_then(|value| T::deserialize(value).ok())
    }

    /// Every claim as the token has it.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("issuer", &self.issuer)
            .field("kind", &self.kind)
            .field("subject", &self.subject)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
