//! A configuration at work. Requests keep the one that they began with.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;

use super::settings::{Settings, SettingsError};
use super::upstream::Upstream;
use super::upstream::origin::{Origin, OriginError};
use super::upstream::tls::{ClientTls, TlsError};
use crate::guard::Guard;
use crate::route::Route;
use crate::settings::Settings as Whole;

/// What the gateway is given to work with.
pub struct Configuration {
    /// The whole file; [`Whole::gateway`] and the upstreams of its routes are the gateway's.
    pub settings: Whole,
    /// The guard that was made of it, ready to judge.
    pub guard: Arc<Guard>,
    /// The files that it was read from, secrets included: when one changes, the configuration is read again.
    pub files: Vec<PathBuf>,
}

/// Why a configuration cannot be used by a gateway.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// A key.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A route without upstream.
    #[error("the route {0} has no upstream: the gateway would not know whom to ask")]
    NoUpstream(String),
    /// A route with an upstream that is none.
    #[error("the route {path}: {error}")]
    Upstream {
        /// The route's path.
        path: String,
        /// What is wrong.
        error: OriginError,
    },
    /// TLS to upstreams.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A configuration at work.
pub(crate) struct Serving {
    pub(crate) guard: Arc<Guard>,
    pub(crate) settings: Settings,
    trusted_proxies: Vec<IpNet>,
    upstreams: HashMap<String, Upstream>,
    pub(crate) files: Vec<PathBuf>,
}

impl Serving {
    /// Checks a configuration and prepares its upstreams. Nothing is connected yet.
    pub(crate) fn new(configuration: Configuration) -> Result<Self, ConfigurationError> {
        let Configuration { settings, guard, files } = configuration;
        let own = settings.gateway.unwrap_or_default();
        own.check(&settings.server.trusted_proxies)?;
        let tls = ClientTls::load(own.upstream.ca.as_deref())?;
        let mut upstreams = HashMap::new();
        for route in &settings.routes {
            let path = || route.path.clone();
            let Some(text) = &route.upstream else {
                return Err(ConfigurationError::NoUpstream(path()));
            };
            if upstreams.contains_key(text) {
                continue;
            }
            let origin = Origin::parse(text).map_err(|error| ConfigurationError::Upstream { path: path(), error })?;
            upstreams.insert(text.clone(), Upstream::new(origin, &own.upstream, tls.clone()));
        }
        Ok(Self {
            guard,
            settings: own,
            trusted_proxies: settings.server.trusted_proxies,
            upstreams,
            files,
        })
    }

    /// Those whose forwarded headers are believed.
    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    /// The upstream of a route.
    pub(crate) fn upstream(&self, route: &Route) -> Option<&Upstream> {
        self.upstreams.get(route.upstream()?)
    }

    /// Closes connections that have waited for too long.
    pub(crate) fn sweep(&self) {
        self.upstreams.values().for_each(Upstream::sweep);
    }
}
