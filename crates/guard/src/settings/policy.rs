//! `[policy.NAME]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Span;

/// What a caller needs. A policy says everything itself, or names the one that it extends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The policy whose words hold where this one is silent.
    pub extends: Option<String>,
    /// The issuers whose tokens are taken; all when silent.
    pub issuers: Option<Vec<String>>,
    /// Names of this API, one of which must be in the token's `aud`. There is no policy without. RFC 9068 §4
    pub audience: Option<Vec<String>>,
    /// How tokens are validated: `"local"` (the default), `"introspect"` or `"local+introspect"`.
    pub validation: Option<Validation>,
    /// Kinds of callers that are taken, such as `["user"]`, `["client"]`; all when silent.
    pub callers: Option<Vec<Credential>>,
    /// Scopes that the token needs: `scopes.all = ["orders:read"]`, `scopes.any = […]`. RFC 6750 §3.1
    pub scopes: Option<Names>,
    /// Roles that the caller needs: `realm:NAME` or `client:CLIENT:NAME`, as Keycloak writes them into tokens.
    pub roles: Option<Names>,
    /// Claims that must have one of these values: `claims = { tenant = ["acme"], verified = [true] }`. A claim that is a
    /// list has a value when one of its elements is it.
    pub claims: Option<BTreeMap<String, Vec<Value>>>,
    /// How well and how recently the person must have logged in: `step_up = { acr = ["gold"], max_age = "5m" }`. RFC 9470
    pub step_up: Option<StepUp>,
    /// Limits, by name.
    pub limits: Option<Vec<String>>,
}

/// How tokens are validated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Validation {
    /// By the issuer's keys, without asking anybody.
    #[default]
    #[serde(rename = "local")]
    Local,
    /// By asking the issuer; the answer is kept for some seconds. RFC 7662
    #[serde(rename = "introspect")]
    Introspect,
    /// By the issuer's keys first, then by asking it, each time.
    #[serde(rename = "local+introspect")]
    LocalAndIntrospect,
}

/// Kinds of callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// A person, through an application.
    User,
    /// A service that acts for itself. RFC 6749 §4.4
    Client,
}

/// Names of which all, or one, must be there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Every one of these.
    pub all: Option<Vec<String>>,
    /// At least one of these.
    pub any: Option<Vec<String>>,
}

/// How well and how recently a person must have logged in. RFC 9470 §3
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepUp {
    /// Authentication context classes, one of which must be the token's `acr`.
    pub acr: Option<Vec<String>>,
    /// The longest time since the person logged in.
    pub max_age: Option<Span>,
}
