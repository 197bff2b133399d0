//! What the configuration file says, as it says it. Unknown keys are errors; what the words mean together is decided
//! when a [`crate::Guard`] is built from them.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::Deserialize;

mod address;
mod duration;
mod issuer;
mod limits;
mod list;
mod policy;
mod reference;
mod route;
mod spelling;

pub use address::listen;
#[cfg(feature = "forward-auth")]
pub(crate) use address::networks;
pub use duration::Span;
pub use issuer::{ClientAuthentication, Introspection, Issuer, Jwks, Preset};
pub use limits::{
    ByKind, Limit, LimitAlgorithm, LimitHeaders, LimitKey, LimitStore, OnStoreError, Quotas, SharedStore,
};
pub use policy::{Credential, Names, Policy, StepUp, Validation};
pub(crate) use reference::unreadable;
pub use reference::{Reference, ReferenceError};
pub use route::{Cors, Mode, Route};
pub use spelling::nearest;

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
#[serde(deny_unknown_fields, default, expecting = "a table: [server]")]
pub struct Server {
    /// Where clients find the API, such as `https://api.example.com`: the resource of RFC 9728, and the address of its
    /// metadata in challenges. Never taken from `Host` or from forwarded headers.
    pub public_url: Option<String>,
    /// Proxies whose forwarded headers are believed, such as `["10.0.0.0/8"]`; none by default. From everybody else such
    /// headers are taken away. Behind a load balancer this is needed, or all callers share its address.
    #[serde(deserialize_with = "address::networks")]
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

#[cfg(test)]
mod tests {
    use super::Settings;

    /// What a person reads who wrote one thing for another, without a word of this program's own.
    #[test]
    fn mistakes_of_form_say_how_it_is_written() {
        for (text, said) in [
            (
                "[limits.x]\nquota = \"5\"",
                "quota is a number, or { user = 300, client = 1000 }",
            ),
            (
                "[[route]]\npath = \"/\"\nmethods = \"GET\"",
                "this is a list: write [\"GET\"]",
            ),
            ("[policy.x]\naudience = \"api\"", "this is a list: write [\"api\"]"),
            ("[policy.x]\ncallers = \"user\"", "this is a list: write [\"user\"]"),
            ("[policy.x]\nscopes.all = \"a\"", "this is a list: write [\"a\"]"),
            (
                "[policy.x]\nscopes = [\"a\"]",
                "this is a table: write { all = [\"one\", \"two\"] }, or { any = [\"one\"] }",
            ),
            (
                "[policy.x]\nroles = \"realm:x\"",
                "this is a table: write { all = [\"one\", \"two\"] }, or { any = [\"one\"] }",
            ),
            ("[policy.x]\naudience = 7", "invalid type: integer `7`, expected a list"),
            (
                "[server]\ntrusted_proxies = [\"10.0.0.1\"]",
                "`10.0.0.1` is no network: write it like 10.0.0.0/8, one address like 10.0.3.7/32",
            ),
            ("server = 1", "invalid type: integer `1`, expected a table: [server]"),
        ] {
            let error = toml::from_str::<Settings>(text).err().unwrap();
            assert_eq!(error.message(), said, "{text}");
        }
    }

    #[cfg(all(feature = "gateway", feature = "forward-auth"))]
    #[test]
    fn an_address_without_a_port_says_how_it_is_written() {
        for table in ["gateway", "forward_auth"] {
            let error = toml::from_str::<Settings>(&format!("[{table}]\nlisten = \"8090\""))
                .err()
                .unwrap();
            assert_eq!(
                error.message(),
                "listen: `8090` is no address with a port: write it like 127.0.0.1:8090"
            );
        }
    }
}
