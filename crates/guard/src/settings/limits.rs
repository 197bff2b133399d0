//! `[limits.NAME]` and `[shared_store]`.

use serde::Deserialize;

use super::{Reference, Span, list};

/// How often a caller may come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: [limits.NAME]")]
pub struct Limit {
    /// How it is counted: `"window"` (the default: at most the quota in any window) or `"gcra"` (an even flow).
    #[serde(default)]
    pub algorithm: LimitAlgorithm,
    /// Requests in a window: one number, or by kind of caller `{ user = 300, client = 1000 }`, which is the default.
    #[serde(default)]
    pub quota: Quotas,
    /// The window; `60s` by default.
    #[serde(default = "window")]
    pub window: Span,
    /// With `gcra`: how many may come at once; the quota when silent.
    #[serde(default)]
    pub burst: Option<u32>,
    /// Who shares a count: requests that have all of these in common, of `caller`, `client`, `subject`, `address` and
    /// `route`; `["caller"]` by default.
    #[serde(default = "key", deserialize_with = "list::list")]
    pub key: Vec<LimitKey>,
    /// Where the counts are kept: `"local"` (the default) or `"shared"`.
    #[serde(default)]
    pub store: LimitStore,
    /// What happens while the shared store is out of reach: `"local"` (the default: each guard counts for itself),
    /// `"deny"` (503) or `"allow"`.
    #[serde(default)]
    pub on_store_error: OnStoreError,
}

/// How requests are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitAlgorithm {
    /// At most the quota in any window, a burst included.
    #[default]
    Window,
    /// An even flow of the quota by window, with a burst beside it.
    Gcra,
}

/// Requests in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "quota is a number, or { user = 300, client = 1000 }")]
pub enum Quotas {
    /// The same for all.
    Same(u32),
    /// By kind of caller.
    ByKind(ByKind),
}

/// Requests in a window, by kind of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ByKind {
    /// For people, 300 by default.
    pub user: u32,
    /// For services, 1000 by default.
    pub client: u32,
    /// For API keys, 100 by default; nobody presents one yet.
    pub api_key: u32,
    /// For callers without credential, on public routes, 60 by default.
    pub anonymous: u32,
}

impl Default for ByKind {
    fn default() -> Self {
        Self {
            user: 300,
            client: 1000,
            api_key: 100,
            anonymous: 60,
        }
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Self::ByKind(ByKind::default())
    }
}

/// Part of what requests have in common that share a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKey {
    /// The caller: the person with the application they use, or the service; the address where there is neither.
    Caller,
    /// The application or service.
    Client,
    /// The person.
    Subject,
    /// The address.
    Address,
    /// The route.
    Route,
}

/// Where counts are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitStore {
    /// In this process.
    #[default]
    Local,
    /// In the shared store.
    Shared,
}

/// What happens while the shared store is out of reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnStoreError {
    /// Each guard counts for itself.
    #[default]
    Local,
    /// Requests are refused with 503.
    Deny,
    /// Requests pass uncounted.
    Allow,
}

/// Which headers tell callers how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitHeaders {
    /// `RateLimit` and `RateLimit-Policy`. draft-ietf-httpapi-ratelimit-headers-10
    #[default]
    #[serde(rename = "draft-10")]
    Draft10,
    /// `X-RateLimit-Limit` and what goes with it.
    Legacy,
    /// None; a refusal has `Retry-After` all the same.
    None,
}

/// A Redis or Valkey server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: [shared_store]")]
pub struct SharedStore {
    /// Its address, such as `redis://limits:6379/0`; by reference, since it may hold a password.
    pub url: Reference,
    /// How long an answer may take; `50ms` by default.
    #[serde(default = "timeout")]
    pub timeout: Span,
    /// What every guard that shares the store makes its keys with: at least 32 characters that nobody guesses.
    pub key_secret: Reference,
}

const fn window() -> Span {
    Span::secs(60)
}

fn key() -> Vec<LimitKey> {
    vec![LimitKey::Caller]
}

const fn timeout() -> Span {
    Span::millis(50)
}
