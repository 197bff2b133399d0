//! `[policy.NAME]`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Span, list};

/// What a caller needs. A policy says everything itself, or names the one that it extends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table: [policy.NAME]")]
pub struct Policy {
    /// The policy whose words hold where this one is silent.
    pub extends: Option<String>,
    /// The issuers whose tokens are taken; all when silent.
    #[serde(deserialize_with = "list::optional")]
    pub issuers: Option<Vec<String>>,
    /// Names of this API, one of which must be in the token's `aud`. There is no policy without. RFC 9068 §4
    #[serde(deserialize_with = "list::optional")]
    pub audience: Option<Vec<String>>,
    /// How tokens are validated: `"local"` (the default), `"introspect"` or `"local+introspect"`.
    pub validation: Option<Validation>,
    /// Kinds of callers that are taken, such as `["user"]`, `["client"]`; all when silent.
    #[serde(deserialize_with = "list::optional")]
    pub callers: Option<Vec<Credential>>,
    /// Scopes that the token needs: `scopes.all = ["orders:read"]`, `scopes.any = […]`. RFC 6750 §3.1
    #[serde(deserialize_with = "names")]
    pub scopes: Option<Names>,
    /// Roles that the caller needs: `realm:NAME` or `client:CLIENT:NAME`, as Keycloak writes them into tokens.
    #[serde(deserialize_with = "names")]
    pub roles: Option<Names>,
    /// Claims that must have one of these values: `claims = { tenant = ["acme"], verified = [true] }`. A claim that is a
    /// list has a value when one of its elements is it.
    pub claims: Option<BTreeMap<String, Vec<Value>>>,
    /// How well and how recently the person must have logged in: `step_up = { acr = ["gold"], max_age = "5m" }`. RFC 9470
    pub step_up: Option<StepUp>,
    /// Limits, by name.
    #[serde(deserialize_with = "list::optional")]
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
    #[serde(deserialize_with = "list::optional")]
    pub all: Option<Vec<String>>,
    /// At least one of these.
    #[serde(deserialize_with = "list::optional")]
    pub any: Option<Vec<String>>,
}

/// How well and how recently a person must have logged in. RFC 9470 §3
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table like { acr = [\"gold\"], max_age = \"5m\" }"
)]
pub struct StepUp {
    /// Authentication context classes, one of which must be the token's `acr`.
    #[serde(deserialize_with = "list::optional")]
    pub acr: Option<Vec<String>>,
    /// The longest time since the person logged in.
    pub max_age: Option<Span>,
}

/// [`Names`], and nothing that only looks like them.
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Names>, D::Error> {
    deserializer.deserialize_any(NamesVisitor).map(Some)
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TABLE)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Names, A::Error> {
        Names::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Names, E> {
        Err(E::custom(TABLE))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Names, A::Error> {
        Err(de::Error::custom(TABLE))
    }
}

const TABLE: &str = "this is a table: write { all = [\"one\", \"two\"] }, or { any = [\"one\"] }";
