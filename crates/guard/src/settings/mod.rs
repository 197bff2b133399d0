//! What the configuration file says, as it says it. Unknown keys are errors; what the words mean together is decided
//! when a [`crate::Guard`] is built from them.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::Deserialize;

mod duration;
mod issuer;
mod limits;
mod policy;
mod reference;
mod route;

pub use duration::Span;
pub use issuer::{ClientAuthentication, Introspection, Issuer, Jwks, Preset};
pub use limits::{
    ByKind, Limit, LimitAlgorithm, LimitHeaders, LimitKey, LimitStore, OnStoreError, Quotas, SharedStore,
};
pub use policy::{Credential, Names, Policy, StepUp, Validation};
pub use reference::{Reference, ReferenceError};
pub use route::{Cors, Mode, Route};

/// The whole configuration of a guard.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What holds for every route.
    pub server: Server,
    /// Who issues the tokens that are taken.
    #[serde(rename = "issuer")]
    pub issuers: Vec<Issuer>,
    /// What a caller needs, by name.
    #[serde(rename = "policy")]
    pub policies: BTreeMap<String, Policy>,
    /// How often a caller may come, by name.
    pub limits: BTreeMap<String, Limit>,
    /// Where counts are kept that several guards share.
    pub shared_store: Option<SharedStore>,
    /// Which policy a request meets.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
    /// Which web pages may call; without it preflights meet the routes like every other request.
    pub cors: Option<Cors>,
    /// The reverse proxy.
    #[cfg(feature = "gateway")]
    pub gateway: Option<crate::gateway::Settings>,
    /// Answers for proxies that ask before they forward.
    #[cfg(feature = "forward-auth")]
    pub forward_auth: Option<crate::forward_auth::Settings>,
}

/// What holds for every route.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Where clients find the API, such as `https://api.example.com`: the resource of RFC 9728, and the address of its
    /// metadata in challenges. Never taken from `Host` or from forwarded headers.
    pub public_url: Option<String>,
    /// Proxies whose forwarded headers are believed, such as `["10.0.0.0/8"]`; none by default. From everybody else such
    /// headers are taken away. Behind a load balancer this is needed, or all callers share its address.
    pub trusted_proxies: Vec<IpNet>,
    /// The realm that challenges name, `"api"` by default.
    pub realm: String,
    /// A name of the API for people, in its metadata.
    pub resource_name: Option<String>,
    /// Bad tokens that one address may send in a minute, 300 by default; then new ones from there are refused with 429, good
    /// ones too, until the minute is over. 0 for no bound.
    pub failures_per_minute: u32,
    /// Tokens that were verified and are remembered, 10000 by default, of some 9 KiB each.
    pub verified_tokens: usize,
    /// Which headers tell about limits: `"draft-10"` (the default), `"legacy"` or `"none"`.
    pub limit_headers: LimitHeaders,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            public_url: None,
            trusted_proxies: Vec::new(),
            realm: "api".into(),
            resource_name: None,
            failures_per_minute: 300,
            verified_tokens: 10_000,
            limit_headers: LimitHeaders::default(),
        }
    }
}
