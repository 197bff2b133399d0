//! Where keys come from.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use keyward_jose::JwkSet;
use thiserror::Error;

use super::{JwksOptions, KeySet};
use crate::issuer::{DiscoveryError, Issuer};
use crate::transport::{Transport, TransportError, without_query};

pub(super) enum Source {
    Issuer(Issuer),
    Uri { transport: Transport, uri: String },
    Memory(Box<dyn Fn() -> Arc<KeySet> + Send + Sync>),
}

/// Whether the metadata that are known will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metadata {
    AsKnown,
    AskAgain,
}

/// Why the keys were not loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The issuer's metadata are not known.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The issuer's metadata name no key set. RFC 8414 §2
    #[error("the issuer's metadata have no jwks_uri")]
    NoJwksUri,
    /// No answer came.
    #[error("the issuer's keys: {0}")]
    Transport(#[from] TransportError),
    /// The answer was not 200.
    #[error("the issuer's keys at {url}: status {}", .status.as_u16())]
    Status {
        /// What was asked, without its query.
        url: String,
        /// What came.
        status: StatusCode,
    },
    /// The answer is no JWK Set. RFC 7517 §5
    #[error("the issuer's key set is malformed")]
    Malformed,
    /// No key of the set can verify a signature.
    #[error("the issuer's key set has no usable key")]
    Empty,
    /// The set has more keys than it may.
    #[error("the issuer's key set has more than {limit} keys")]
    TooManyKeys {
        /// [`JwksOptions::max_keys`]
        limit: usize,
    },
    /// Discovery and keys together took too long.
    #[error("the issuer's keys did not come in time")]
    Timeout,
    /// The program ends.
    #[error("loading the issuer's keys was given up")]
    Stopped,
}

impl LoadError {
    /// A stable word for metrics and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Discovery(error) => error.code(),
            Self::NoJwksUri => "no_jwks_uri",
            Self::Transport(error) => error.code(),
            Self::Status { .. } => "status",
            Self::Malformed => "malformed",
            Self::Empty => "empty",
            Self::TooManyKeys { .. } => "too_many_keys",
            Self::Timeout => "timeout",
            Self::Stopped => "stopped",
        }
    }
}

impl Source {
    pub(super) const fn is_remote(&self) -> bool {
        match self {
            Self::Issuer(_) | Self::Uri { .. } => true,
            Self::Memory(_) => false,
        }
    }

    /// The keys, asked for now.
    pub(super) async fn fetch(&self, metadata: Metadata, options: &JwksOptions) -> Result<KeySet, LoadError> {
        match self {
            Self::Issuer(issuer) => {
                let found = match metadata {
                    Metadata::AsKnown => issuer.metadata().await?,
                    Metadata::AskAgain => issuer.discover().await?,
                };
                let uri = found.jwks_uri.as_deref().ok_or(LoadError::NoJwksUri)?;
                let set = get(issuer.transport(), uri, options).await;
                if set.is_err() {
                    issuer.forget();
                }
                set
            }
            Self::Uri { transport, uri } => get(transport, uri, options).await,
            Self::Memory(_) => Err(LoadError::Stopped),
        }
    }
}

async fn get(transport: &Transport, uri: &str, options: &JwksOptions) -> Result<KeySet, LoadError> {
    let transport = transport
        .clone()
        .with_timeout(options.timeout)
        .with_max_body(options.max_bytes);
    let answer = transport.get(uri, "application/jwk-set+json, application/json").await?;
    if answer.status != StatusCode::OK {
        return Err(LoadError::Status {
            url: without_query(uri).to_owned(),
            status: answer.status,
        });
    }
    let set: JwkSet = serde_json::from_slice(&answer.body).map_err(|_| LoadError::Malformed)?;
    let limit = options.max_keys;
    if set.keys.len() > limit {
        return Err(LoadError::TooManyKeys { limit });
    }
    let set = KeySet::new(&set.keys);
    if set.is_empty() {
        return Err(LoadError::Empty);
    }
    Ok(set)
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer(issuer) => f.debug_tuple("Issuer").field(&issuer.url()).finish(),
            Self::Uri { uri, .. } => f.debug_tuple("Uri").field(uri).finish(),
            Self::Memory(_) => f.write_str("Memory"),
        }
    }
}
