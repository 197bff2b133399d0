//! Finding out what an issuer offers. RFC 8414, OIDC Discovery §4

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::uri::Scheme;
use http::{StatusCode, Uri};
use keyward_protocol::metadata::ProviderMetadata;
use thiserror::Error;

use crate::flight::Flight;
use crate::json;
use crate::transport::{Answer, Transport, TransportError, UrlError, without_query};

/// An issuer and, once it was asked, its metadata. A clone shares them.
#[derive(Clone)]
pub struct Issuer {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    url: String,
    found: ArcSwapOption<ProviderMetadata>,
    flight: Flight<Result<Arc<ProviderMetadata>, DiscoveryError>>,
}

/// Why an issuer's metadata is not known.
#[derive(Debug, Clone, Error)]
pub enum DiscoveryError {
    /// The issuer is no URL that can be asked, or has a query. RFC 8414 §2
    #[error("the issuer cannot be asked: {0}")]
    Issuer(#[source] UrlError),
    /// No answer came.
    #[error("the issuer's metadata at {url}: {error}")]
    Transport {
        /// What was asked, without its query.
        url: String,
        /// Why not.
        #[source]
        error: TransportError,
    },
    /// The answer was not 200.
    #[error("the issuer's metadata at {url}: status {}", .status.as_u16())]
    Status {
        /// What was asked, without its query.
        url: String,
        /// What came.
        status: StatusCode,
    },
    /// The answer is no JSON object of the shape that metadata has. RFC 8414 §3.2
    #[error("the issuer's metadata is malformed")]
    Malformed,
    /// The document is that of another issuer. RFC 8414 §3.3
    #[error("the metadata is that of another issuer: asked for {asked:?}, the document says {found:?}")]
    IssuerMismatch {
        /// The issuer that was asked.
        asked: String,
        /// The issuer that the document names, as far as it can be shown.
        found: String,
    },
    /// An endpoint is no URL that can be asked: above all, one without TLS. RFC 8414 §2
    #[error("the metadata names an endpoint that cannot be asked: {0}")]
    Endpoint(#[source] UrlError),
    /// The program ends.
    #[error("discovery was given up")]
    Stopped,
}

impl DiscoveryError {
    /// A stable word for metrics and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Issuer(_) | Self::Endpoint(_) => "url",
            Self::Transport { error, .. } => error.code(),
            Self::Status { .. } => "status",
            Self::Malformed => "malformed",
            Self::IssuerMismatch { .. } => "issuer_mismatch",
            Self::Stopped => "stopped",
        }
    }
}

impl Issuer {
    /// An issuer, exactly as tokens spell it in `iss`. Nothing is asked yet.
    pub fn new(transport: Transport, url: impl Into<String>) -> Self {
        Self {
            shared: Arc::new(Shared {
                transport,
                url: url.into(),
                found: ArcSwapOption::empty(),
                flight: Flight::default(),
            }),
        }
    }

    /// The issuer's identifier.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The connections that are used to ask it.
    pub fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// The metadata, asked for once.
    ///
    /// # Errors
    /// [`DiscoveryError`]; the next call asks again.
    pub async fn metadata(&self) -> Result<Arc<ProviderMetadata>, DiscoveryError> {
        match self.shared.found.load_full() {
            Some(found) => Ok(found),
            None => self.discover().await,
        }
    }

    /// Asks again; what was known stays known when that fails.
    ///
    /// # Errors
    /// [`DiscoveryError`]
    pub async fn discover(&self) -> Result<Arc<ProviderMetadata>, DiscoveryError> {
        let shared = self.shared.clone();
        let work = || async move {
            let found = Arc::new(discover(&shared.transport, &shared.url).await?);
            shared.found.store(Some(found.clone()));
            Ok(found)
        };
        self.shared
            .flight
            .run(work)
            .await
            .unwrap_or(Err(DiscoveryError::Stopped))
    }

    /// Makes the next [`Issuer::metadata`] ask again, because an endpoint was not where the metadata has it.
    pub fn forget(&self) {
        self.shared.found.store(None);
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Asks an issuer for its metadata: at the place of OpenID Connect, then, if there is nothing, at that of OAuth.
/// RFC 8414 §3, §5, OIDC Discovery §4
///
/// # Errors
/// [`DiscoveryError`]
pub async fn discover(transport: &Transport, issuer: &str) -> Result<ProviderMetadata, DiscoveryError> {
    let asked = transport.check(issuer).map_err(DiscoveryError::Issuer)?;
    let (openid, oauth) = locations(issuer).ok_or(DiscoveryError::Issuer(UrlError::Malformed))?;
    let missing = match document(transport, &openid).await {
        Err(error @ (DiscoveryError::Status { .. } | DiscoveryError::Malformed)) if !is_outage(&error) => error,
        document => return checked(document?, issuer, &asked, transport),
    };
    match document(transport, &oauth).await {
        Ok(document) => checked(document, issuer, &asked, transport),
        Err(_) => Err(missing),
    }
}

/// Where the metadata may be: appended for OpenID Connect, inserted before the path for OAuth. RFC 8414 §3.1
fn locations(issuer: &str) -> Option<(String, String)> {
    if issuer.contains('?') {
        return None;
    }
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    let host = base.find("://")? + "://".len();
    let path = base.get(host..)?.find('/').map_or(base.len(), |at| host + at);
    let (origin, path) = base.split_at_checked(path)?;
    Some((
        format!("{base}/.well-known/openid-configuration"),
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
    ))
}

async fn document(transport: &Transport, url: &str) -> Result<ProviderMetadata, DiscoveryError> {
    let answer = transport.get(url, "application/json").await;
    let Answer { status, body, .. } = answer.map_err(|error| DiscoveryError::Transport {
        url: without_query(url).to_owned(),
        error,
    })?;
    if status != StatusCode::OK {
        let url = without_query(url).to_owned();
        return Err(DiscoveryError::Status { url, status });
    }
    json::parse(&body).map_err(|_| DiscoveryError::Malformed)
}

/// The most characters that are shown of an issuer that somebody else named.
const MAX_SHOWN: usize = 256;

/// An issuer that somebody else named, for the log. What follows a `?` is nobody's business.
fn shown(issuer: &str) -> String {
    without_query(issuer).chars().take(MAX_SHOWN).collect()
}

/// A server that fails now would fail at the other place too.
fn is_outage(error: &DiscoveryError) -> bool {
    matches!(error, DiscoveryError::Status { status, .. } if status.is_server_error())
}

/// The document must be the issuer's own, character by character, and lead nowhere that it would not be asked itself.
/// RFC 8414 §3.3
fn checked(
    document: ProviderMetadata,
    issuer: &str,
    asked: &Uri,
    transport: &Transport,
) -> Result<ProviderMetadata, DiscoveryError> {
    if document.issuer != issuer {
        return Err(DiscoveryError::IssuerMismatch {
            asked: issuer.to_owned(),
            found: shown(&document.issuer),
        });
    }
    let endpoints = [
        &document.authorization_endpoint,
        &document.token_endpoint,
        &document.introspection_endpoint,
        &document.userinfo_endpoint,
        &document.jwks_uri,
        &document.revocation_endpoint,
        &document.device_authorization_endpoint,
        &document.pushed_authorization_request_endpoint,
    ];
    for url in endpoints.into_iter().flatten() {
        let uri = transport.check(url).map_err(DiscoveryError::Endpoint)?;
        if asked.scheme() == Some(&Scheme::HTTPS) && uri.scheme() != Some(&Scheme::HTTPS) {
            return Err(DiscoveryError::Endpoint(UrlError::PlainHttp));
        }
    }
    Ok(document)
}
