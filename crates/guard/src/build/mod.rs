//! From what the configuration says to a guard that can be asked. Everything that can be wrong is found here, before a
//! request comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use keyward_client::jwks::JwksCache;
use keyward_client::time::{Clock, SystemClock};
use thiserror::Error;

use crate::audit::Observer;
use crate::authenticate::{Issuer, VerifiedTokens};
use crate::challenge::Challenger;
use crate::cors::Cors;
use crate::guard::Guard;
use crate::metadata::Metadata;
use crate::request_id::RequestIds;
use crate::revocation::Revocations;
use crate::route::{Route, Routes};
use crate::settings::Settings;

mod counting;
mod issuers;
mod policies;
mod routes;

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The text is no TOML, or has a key that is not known; with line and column.
    #[error("{0}")]
    Syntax(String),
    /// The words do not fit together; the text names the table.
    #[error("{0}")]
    Meaning(String),
}

impl From<String> for BuildError {
    fn from(text: String) -> Self {
        Self::Meaning(text)
    }
}

/// Makes a [`Guard`].
pub struct Builder {
    settings: Settings,
    clock: Arc<dyn Clock>,
    keys: BTreeMap<String, JwksCache>,
    revocations: Option<Arc<dyn Revocations>>,
    observers: Vec<Arc<dyn Observer>>,
    before: Option<Arc<Guard>>,
}

impl Settings {
    /// Reads a configuration in TOML.
    pub fn from_toml(text: &str) -> Result<Self, BuildError> {
        toml::from_str(text).map_err(|error| BuildError::Syntax(error.to_string()))
    }
}

impl Guard {
    /// Begins with a configuration.
    pub fn builder(settings: Settings) -> Builder {
        Builder {
            settings,
            clock: Arc::new(SystemClock),
            keys: BTreeMap::new(),
            revocations: None,
            observers: Vec::new(),
            before: None,
        }
    }

    /// A guard by a configuration in TOML.
    pub fn from_toml(text: &str) -> Result<Self, BuildError> {
        Self::builder(Settings::from_toml(text)?).build()
    }
}

impl Builder {
    /// Reads the time from `clock`.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Takes an issuer's keys from `keys` and asks nobody for them. `id` is the issuer's in the configuration.
    #[must_use]
    pub fn keys(mut self, id: impl Into<String>, keys: JwksCache) -> Self {
        self.keys.insert(id.into(), keys);
        self
    }

    /// Asks `revocations` about every caller.
    #[must_use]
    pub fn revocations(mut self, revocations: Arc<dyn Revocations>) -> Self {
        self.revocations = Some(revocations);
        self
    }

    /// Tells `observer` of every decision.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }

    /// Goes on with what a guard knows that this one replaces: the keys of issuers that stay, and the counts of limits
    /// that stay.
    #[must_use]
    pub fn replacing(mut self, before: Arc<Guard>) -> Self {
        self.before = Some(before);
        self
    }

    /// Makes the guard. Nothing is fetched yet: see [`Guard::start`].
    pub fn build(self) -> Result<Guard, BuildError> {
        let Self {
            settings,
            clock,
            keys,
            revocations,
            observers,
            before,
        } = self;
        let issuers = {
            let known = before.as_ref().map_or(&[][..], |before| &before.issuers);
            issuers::build(&settings.issuers, &keys, known, &clock)?
        };
        let rules = counting::rules(&settings)?;
        let policies = policies::build(&settings, &issuers, &rules)?;
        let mut routes = Routes::default();
        for written in &settings.routes {
            let policy = policies::of_route(written, &policies)?;
            routes::check(written, policy.as_ref())?;
            let limits =
                counting::named(&written.limits, &rules).map_err(|why| format!("route `{}`: {why}", written.path))?;
            routes.add(written, Route::new(written, policy, limits)?)?;
        }
        routes.complete()?;
        let scopes: BTreeSet<String> = policies
            .values()
            .flat_map(|policy| policy.scopes.all.iter().chain(&policy.scopes.any))
            .cloned()
            .collect();
        let servers: Vec<String> = issuers
            .iter()
            .map(|issuer: &Arc<Issuer>| issuer.url.to_string())
            .collect();
        let server = &settings.server;
        let metadata = server
            .public_url
            .as_ref()
            .map(|url| Metadata::new(url, &servers, &scopes, server.resource_name.as_deref()))
            .transpose()?;
        Ok(Guard {
            challenger: Challenger::new(&server.realm, metadata.as_ref().map(|metadata| metadata.url.as_str())),
            verified: VerifiedTokens::new(server.verified_tokens),
            trusted_proxies: server.trusted_proxies.clone(),
            counting: counting::build(&settings, before.as_deref())?,
            cors: settings.cors.as_ref().map(Cors::new).transpose()?,
            limit_headers: counting::style(server.limit_headers),
            request_ids: RequestIds::new(),
            routes,
            policies,
            issuers,
            metadata,
            revocations,
            observers,
            clock,
        })
    }
}

#[cfg(test)]
mod tests;
